"""Who may reach which route; the door decides about the patients."""

from access.routes import OWN, YES, Row

_BOTH = {"patient_id": "patient", "alert_id": "alert"}

ROUTES = {
    "providers:caseload": Row(provider=YES, supervisor=YES, methods=("GET", "POST")),
    "providers:chart": Row(provider=OWN, supervisor=OWN, kwargs={"patient_id": "patient"}),
    "providers:pictures": Row(provider=OWN, supervisor=OWN, kwargs={"patient_id": "patient"}),
    "providers:care": Row(provider=OWN, supervisor=OWN, kwargs={"patient_id": "patient"}),
    "providers:written": Row(provider=OWN, supervisor=OWN, kwargs={"patient_id": "patient"}),
    "providers:alerts": Row(provider=YES, supervisor=YES),
    "providers:acknowledge": Row(provider=OWN, supervisor=OWN, kwargs=_BOTH, methods=("POST",)),
    "providers:api-caseload": Row(provider=YES, supervisor=YES),
    "providers:api-alerts": Row(provider=YES, supervisor=YES),
    "providers:api-acknowledge": Row(provider=OWN, supervisor=OWN, kwargs=_BOTH, methods=("POST",)),
}
