"""Who may reach which route; the door decides about the object."""

from access.routes import OWN, YES, Row

_EXERCISE = {"exercise_id": "exercise"}
_LADDER = {"ladder_id": "ladder"}
_PATIENT = {"patient_id": "patient"}

ROUTES = {
    "exercises:home": Row(patient=YES),
    "exercises:begin": Row(patient=YES, methods=("POST",)),
    "exercises:exercise": Row(patient=OWN, kwargs=_EXERCISE, methods=("GET", "POST")),
    "exercises:ladder": Row(patient=OWN, kwargs=_LADDER, methods=("GET", "POST")),
    "exercises:of-patient": Row(provider=OWN, supervisor=OWN, kwargs=_PATIENT),
    "exercises:record": Row(provider=OWN, supervisor=OWN, kwargs={**_PATIENT, **_EXERCISE}),
    "exercises:new-ladder": Row(provider=OWN, kwargs=_PATIENT, methods=("GET", "POST")),
    "exercises:edit-ladder": Row(provider=OWN, kwargs={**_PATIENT, **_LADDER}, methods=("GET", "POST")),
    "exercises:api-worksheets": Row(
        patient=YES, provider=YES, supervisor=YES, administrator=YES, auditor=YES, researcher=YES
    ),
    "exercises:api-exercises": Row(patient=YES, provider=YES, supervisor=YES, methods=("GET",)),
    "exercises:api-exercise": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_EXERCISE),
    "exercises:api-entries": Row(patient=OWN, kwargs=_EXERCISE, methods=("POST",)),
    "exercises:api-state": Row(patient=OWN, kwargs=_EXERCISE, methods=("PUT",)),
    "exercises:api-ladders": Row(patient=YES, provider=YES, supervisor=YES, methods=("GET",)),
    "exercises:api-ladder": Row(patient=OWN, provider=OWN, supervisor=OWN, kwargs=_LADDER),
    "exercises:api-closing": Row(provider=OWN, kwargs=_LADDER, methods=("POST",)),
    "exercises:api-agreement": Row(patient=OWN, kwargs=_LADDER, methods=("PUT",)),
    "exercises:api-attempts": Row(patient=OWN, kwargs=_LADDER, methods=("POST",)),
    "exercises:api-distress": Row(patient=OWN, kwargs=_LADDER, methods=("POST",)),
    "exercises:api-stop": Row(patient=OWN, kwargs=_LADDER, methods=("POST",)),
    "exercises:api-end": Row(patient=OWN, kwargs=_LADDER, methods=("POST",)),
}
