"""The rule of a form of consents: what a person changed on it, against what they had before them. Pure."""

from collections.abc import Mapping

from apps.patients.aggregate import Patient, PatientUnknown, give_consent, withdraw_consent
from apps.patients.events import PURPOSES


def agree(patient: Patient, *, ticked: Mapping[str, int], seen: Patient | None = None) -> list[object]:
    """Agree to what is `ticked` (purpose to the version of its text) and take back the rest; or do what was changed
    against what was `seen`.

    A box that was ticked before says nothing new: it gives nothing back that was taken back elsewhere meanwhile.
    Raises PatientUnknown.
    """
    if not patient.version:
        raise PatientUnknown
    before, events = patient if seen is None else seen, list[object]()
    for purpose in PURPOSES:
        if purpose not in ticked:
            events += withdraw_consent(patient, purpose=purpose) if purpose in before.consents else []
        elif purpose in patient.consents or purpose not in before.consents:
            events += give_consent(patient, purpose=purpose, text_version=ticked[purpose])
    return events
