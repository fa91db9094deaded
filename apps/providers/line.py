"""One line of the caseload: what its sealed facts say, and how soon a person is needed.

Pure but for the reader's clock, which says on which day a form is due.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from apps.assessments.change import Change, Course, change, speaks_of_death
from apps.assessments.schedule import Due, next_due
from apps.providers.ledger import ANSWER, Alert, unpack, unreviewed
from apps.sessions.selectors import SessionSummary

HIGH: Final[dict[str, int]] = {"phq-9": 20, "gad-7": 15}
"""From here on the source calls a score severe."""


class Need(IntEnum):
    """How soon a person is needed; the caseload is sorted by it, lowest first."""

    NOW = 0  # an unreviewed alert
    SOON = 1  # reliably worse than at the start, or a severe score
    CHECK = 2  # a form is overdue or was handed in with gaps
    STEADY = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ScorePoint:
    """One handed-in form; total and severity are None when answers were missing."""

    at: datetime
    total: int | None
    severity: str | None
    missing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One instrument's course: every score, oldest first, and the change from the first to the last total.

    Beside thoughts of death the change is without good news, so that neither a page nor the API tells it.
    """

    instrument: str
    points: tuple[ScorePoint, ...]
    change: Change | None

    @property
    def latest(self) -> ScorePoint | None:
        return self.points[-1] if self.points else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A patient in the list."""

    patient_id: UUID
    name: str
    label: str
    since: datetime | None
    alerts: tuple[Alert, ...]
    phq: Measure
    gad: Measure
    session: SessionSummary | None
    due: tuple[Due, ...]
    need: Need

    @property
    def waiting(self) -> tuple[Alert, ...]:
        """The alerts that nobody has taken note of yet."""
        return unreviewed(self.alerts)


def line(patient_id: UUID, facts: dict[str, Any], *, now: datetime, session: SessionSummary | None = None) -> Line:
    """Read one row's facts as of `now`, beside the patient's newest session."""
    phq, gad = (_measure(key, facts["scores"]) for key in ("phq-9", "gad-7"))
    last = {score["instrument"]: datetime.fromisoformat(score["at"]) for score in facts["scores"]}
    alerts = unpack(facts["alerts"])
    if _speak_of_death(alerts, phq):
        phq, gad = _without_good_news(phq), _without_good_news(gad)
    due = next_due(last)
    return Line(
        patient_id=patient_id,
        name=facts["name"],
        label=facts["label"] or f"Patient {patient_id.hex[:4].upper()}",
        since=_moment(facts["since"]),
        alerts=alerts,
        phq=phq,
        gad=gad,
        session=session,
        due=due,
        need=_need(alerts, (phq, gad), due, now),
    )


def urgency(line: Line) -> tuple[int, int, float, str]:
    """The sort key: what needs a person first, then the higher alert, then the higher PHQ-9, then the label."""
    grade = max((alert.grade for alert in line.waiting), default=0)
    latest = line.phq.latest
    total = latest.total if latest is not None and latest.total is not None else -1
    return line.need, -grade, -total, line.label


def _measure(key: str, scores: list[dict[str, Any]]) -> Measure:
    points = tuple(
        ScorePoint(
            at=datetime.fromisoformat(score["at"]),
            total=score["total"],
            severity=score["severity"],
            missing=score["missing"],
        )
        for score in scores
        if score["instrument"] == key
    )
    totals = [point.total for point in points if point.total is not None]
    return Measure(
        instrument=key, points=points, change=change(key, totals[0], totals[-1]) if len(totals) > 1 else None
    )


def _speak_of_death(alerts: tuple[Alert, ...], phq: Measure) -> bool:
    raised = [datetime.fromisoformat(alert.raised_at) for alert in alerts if alert.kind == ANSWER]
    return speaks_of_death(raised, [point.at for point in phq.points if point.total is not None])


def _without_good_news(measure: Measure) -> Measure:
    return replace(measure, change=measure.change and measure.change.without_good_news())


def _need(alerts: tuple[Alert, ...], measures: tuple[Measure, ...], due: tuple[Due, ...], now: datetime) -> Need:
    if unreviewed(alerts):
        return Need.NOW
    if any(_worrying(measure) for measure in measures):
        return Need.SOON
    gaps = any(measure.latest is not None and measure.latest.missing for measure in measures)
    return Need.CHECK if gaps or any(one.is_due(now) for one in due) else Need.STEADY


def _worrying(measure: Measure) -> bool:
    worse = measure.change is not None and measure.change.course is Course.WORSENED
    totals = [point.total for point in measure.points if point.total is not None]
    return worse or bool(totals and totals[-1] >= HIGH[measure.instrument])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
