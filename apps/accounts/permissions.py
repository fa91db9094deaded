"""Who may reach the pages to get in and out."""

from access.routes import YES, Row

_PUBLIC = Row(public=True)
_SIGNED_IN = Row(patient=YES, provider=YES, supervisor=YES, administrator=YES, auditor=YES, researcher=YES)

ROUTES = {
    "home": _PUBLIC,
    "accounts:sign_in": Row(public=True, methods=("GET", "POST")),
    "accounts:sign_out": Row(public=True, methods=("POST",)),
    "accounts:still_signed_in": _SIGNED_IN,
    "accounts:recover": _PUBLIC,
    "accounts:new_password": _PUBLIC,
    "accounts:follow_recovery": Row(public=True, kwargs={"token": "text"}),
    "accounts:join": _PUBLIC,
    "accounts:follow_invitation": Row(public=True, kwargs={"token": "text"}),
    "accounts:treating": Row(supervisor=YES, administrator=YES, methods=("GET", "POST")),
    "accounts:hand_over": Row(supervisor=YES, administrator=YES, methods=("POST",)),
    "accounts:invitations": Row(provider=YES, supervisor=YES, administrator=YES, methods=("GET", "POST")),
}
