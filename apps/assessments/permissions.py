"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_FORM = {"assessment_id": "assessment"}

ROUTES = {
    "assessments:home": Row(patient=YES),
    "assessments:start": Row(patient=YES, methods=("POST",)),
    "assessments:form": Row(patient=OWN, kwargs=_FORM, methods=("GET", "POST")),
    "assessments:api-instruments": Row(
        patient=YES, provider=YES, supervisor=YES, administrator=YES, auditor=YES, researcher=YES
    ),
    "assessments:api-instrument": Row(
        patient=YES,
        provider=YES,
        supervisor=YES,
        administrator=YES,
        auditor=YES,
        researcher=YES,
        kwargs={"key": "instrument"},
    ),
    "assessments:api-assessments": Row(patient=YES, provider=YES, supervisor=YES, methods=("GET",)),
    "assessments:api-assessment": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_FORM),
    "assessments:api-answers": Row(patient=OWN, kwargs=_FORM, methods=("POST",)),
    "assessments:api-submission": Row(patient=OWN, kwargs=_FORM, methods=("POST",)),
}
