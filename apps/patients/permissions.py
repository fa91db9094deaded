"""Who may reach which route; the door decides about the patient."""

from access.routes import OWN, YES, Row

_PATIENT = {"patient_id": "patient"}

ROUTES = {
    "patients:consent": Row(patient=YES, methods=("POST",)),
    "patients:triggers": Row(patient=YES, methods=("POST",)),
    "patients:preferences": Row(patient=YES, methods=("POST",)),
    "patients:goal": Row(patient=YES, methods=("POST",)),
    "patients:settings": Row(patient=YES, methods=("POST",)),
    "patients:care-plan": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "patients:care-goals": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "patients:care-goal": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "patients:care-triggers": Row(provider=OWN, kwargs=_PATIENT, methods=("POST",)),
    "patients:api-patients": Row(patient=YES, provider=YES, supervisor=YES),
    "patients:api-patient": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_PATIENT),
    "patients:api-consent": Row(patient=OWN, kwargs={**_PATIENT, "purpose": "consent_purpose"}, methods=("PUT",)),
    "patients:api-triggers": Row(patient=OWN, provider=OWN, kwargs=_PATIENT, methods=("PUT",)),
    "patients:api-preferences": Row(patient=OWN, provider=OWN, kwargs=_PATIENT, methods=("PUT",)),
    "patients:api-goal": Row(patient=OWN, provider=OWN, kwargs=_PATIENT, methods=("PUT", "DELETE")),
    "patients:api-settings": Row(patient=OWN, kwargs=_PATIENT, methods=("PUT",)),
    "patients:api-plan": Row(provider=OWN, kwargs=_PATIENT, methods=("GET", "PUT")),
}
