"""Rows for the routes that belong to no app: health, metrics, API documents, Django's own administration."""

from access.routes import YES, Row

_PUBLIC = Row(public=True)
_SIGNED_IN = Row(patient=YES, provider=YES, supervisor=YES, administrator=YES, auditor=YES, researcher=YES)

ROUTES = {
    "healthz": _PUBLIC,
    "readyz": _PUBLIC,
    "metrics": _PUBLIC,
    "crisis-help": _PUBLIC,
    "schema": _SIGNED_IN,
    "docs": _SIGNED_IN,
    "admin:*": Row(administrator=YES),
}
