"""Questions of the caseload and the alert ledger. Each demands permits, and answers only for their patients."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.door import Permit, Right
from apps.providers.events import CATEGORY, ReviewRecorded
from apps.providers.ledger import Alert, unpack
from apps.providers.line import Line, line, urgency
from apps.providers.models import SEALED, CaseloadRow
from apps.sessions.selectors import SessionSummary, last_sessions
from eventstore import store
from eventstore.stream import StreamName
from vault import columns, keys
from vault.errors import SubjectErased


class AlertUnknown(LookupError):
    """The patient has no alert of this id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientAlert:
    """An alert beside the patient it's about."""

    patient_id: UUID
    label: str
    name: str
    alert: Alert

    @property
    def raised_at(self) -> datetime:
        return datetime.fromisoformat(self.alert.raised_at)


def caseload(permits: Sequence[Permit], *, now: datetime) -> list[Line]:
    """The patients whom the permits open, those who need a person first on top; nobody who is erased."""
    for permit in permits:
        permit.require(Right.VIEW_CHART)
    wanted = [permit.patient_id for permit in permits]
    rows = list(CaseloadRow.objects.filter(patient_id__in=wanted))
    keys.prefetch(wanted)
    sessions = last_sessions(permits)
    found: list[Line] = []
    for row in rows:
        with suppress(SubjectErased):
            found.append(_line(row, now, sessions.get(row.patient_id)))
    return sorted(found, key=urgency)


def line_of(permit: Permit, *, now: datetime) -> Line | None:
    """One patient's line; None before anything of them is projected."""
    return next(iter(caseload([permit], now=now)), None)


def alerts(lines: Iterable[Line]) -> list[PatientAlert]:
    """Every alert of these patients: waiting ones first (most serious, then oldest), then the others, newest first."""
    found = [
        PatientAlert(patient_id=line.patient_id, label=line.label, name=line.name, alert=alert)
        for line in lines
        for alert in line.alerts
    ]
    waiting = sorted(
        (one for one in found if one.alert.review is None), key=lambda one: (-one.alert.grade, one.alert.raised_at)
    )
    seen_to = sorted((one for one in found if one.alert.review), key=lambda one: one.alert.raised_at, reverse=True)
    return [*waiting, *seen_to]


def alert(permit: Permit, alert_id: UUID) -> Alert:
    """One alert of the permit's patient. Raises AlertUnknown."""
    row = CaseloadRow.objects.filter(patient_id=permit.patient_id).first()
    if row is None:
        raise AlertUnknown
    facts = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
    for known in unpack(facts["alerts"]):
        if known.id == str(alert_id):
            return known
    raise AlertUnknown


def review_of(alert_id: UUID) -> tuple[UUID, str] | None:
    """Who acknowledged an alert and with which note, straight from the log; None while it waits, and once erased."""
    for one in store.read(StreamName(CATEGORY, alert_id)):
        if isinstance(one.event, ReviewRecorded):
            return one.actor_id, one.event.reason
    return None


def matching(lines: Sequence[Line], words: str) -> list[Line]:
    """The lines whose label or name contains the words; done in the process, since names are sealed."""
    wanted = words.strip().casefold()
    return [line for line in lines if wanted in line.label.casefold() or wanted in line.name.casefold()]


def _line(row: CaseloadRow, now: datetime, session: SessionSummary | None) -> Line:
    facts = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
    return line(row.patient_id, facts, now=now, session=session)
