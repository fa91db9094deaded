"""Whether anything stands for a patient that the engine leaves out, and a generic prompt would not. From the log."""

from uuid import UUID

from apps.imagery.keeping import chosen
from apps.imagery.upsetting import upset_by_a_pair, upset_kinds
from apps.patients import selectors as patients


def bound(patient_id: UUID) -> bool:
    """Whether a trigger, a veto, a clinician's limit, or a kind or pair that upset them is on record now.

    Raises PatientUnknown for someone unknown or erased: ask first whether they agree.
    """
    plan = patients.wishes(patient_id).plan
    limits = (plan.most_pictures, plan.intensity_ceiling)
    return bool(
        patients.triggers(patient_id)
        or upset_kinds(patient_id)
        or upset_by_a_pair(patient_id)
        or any(veto.lifted is None for veto in chosen(patient_id).vetoes)
        or plan.techniques_out
        or any(limit is not None for limit in limits)
    )
