"""The trail and the caseload, in events. They name people by id alone and carry no clinical content."""

from datetime import datetime
from uuid import UUID

from eventstore.event import event, part


@part
class Opening:
    """One patient asked for once. `patient_id` is None where a whole caseload was refused."""

    patient_id: UUID | None
    right: str
    purpose: str
    relation: str
    permitted: bool


@event("access.asked.v1")
class RecordsAsked:
    """One request that reached for patients' records; the answer stands beside each."""

    request_id: UUID
    route: str
    openings: tuple[Opening, ...]


@event("access.trail_read.v1")
class TrailRead:
    """Someone read the trail itself: how it was filtered and how many rows were shown.

    `filter_patient` is a patient whom the filter singled out, as whose record was asked for or as who asked.
    """

    request_id: UUID
    route: str
    purpose: str
    filter_actor: UUID | None
    filter_patient: UUID | None
    filter_day: str | None
    rows: int


@event("caseload.assigned.v1")
class PatientAssigned:
    """A clinician may treat this patient from then until then."""

    assignment_id: UUID
    provider_id: UUID
    patient_id: UUID
    starts_at: datetime
    ends_at: datetime


@event("caseload.assignment_ended.v1")
class AssignmentEnded:
    assignment_id: UUID
    provider_id: UUID
    patient_id: UUID
    ended_at: datetime


@event("caseload.granted.v1")
class RightGranted:
    """One right over one patient beyond the caseload, until then."""

    user_id: UUID
    patient_id: UUID
    right: str
    ends_at: datetime


@event("caseload.grant_ended.v1")
class GrantEnded:
    user_id: UUID
    patient_id: UUID
    right: str
    ended_at: datetime
