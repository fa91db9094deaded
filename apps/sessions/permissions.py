"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_SESSION = {"session_id": "session"}

ROUTES = {
    "care_sessions:prepare": Row(patient=YES),
    "care_sessions:consent": Row(patient=YES, methods=("POST",)),
    "care_sessions:start": Row(patient=YES, methods=("POST",)),
    "care_sessions:live": Row(patient=OWN, kwargs=_SESSION),
    "care_sessions:api-sessions": Row(patient=YES, provider=YES, supervisor=YES, methods=("GET",)),
    "care_sessions:api-timeline": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_SESSION),
    "ws:session": Row(patient=OWN, kwargs=_SESSION),
}
