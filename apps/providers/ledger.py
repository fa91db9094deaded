"""The alert ledger: what was raised, how high, and who took note of it. Pure rules over plain facts.

Nothing here ever removes an alert. A picture that upset the patient raises one, once, and so does a pair of which one
did. What a patient wrote raises one while none of the same text waits. A form raises one alert; a higher answer on the
same form raises its grade, and once it was acknowledged, a higher answer raises a new one. Taking one back changes
neither. A review closes what its writer could read, also where the ledger had gone on by then.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

ANSWER: Final = "answer"
PICTURE: Final = "picture"
PAIR: Final = "pair"
NOTE: Final = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """Who took note, when (RFC 3339) and in what words."""

    by: str
    role: str
    at: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One alert, of an answer, a picture or pair that upset the patient, or a note; times are RFC 3339: plain facts.

    `grade` sorts: 1 to 3, the highest answer so far; 0 of a picture or pair; of a note 3 if it names self-harm, else 1.
    `note_of` and `note_id` say whose words a note is: those at a session's end, on a picture or in an exercise.
    """

    id: str
    assessment_id: str | None
    item: int | None
    grade: int
    raised_at: str
    kind: str = ANSWER
    image_id: str | None = None
    note_of: str | None = None
    note_id: str | None = None
    raised_again_at: str | None = None
    review: Review | None = None

    @property
    def as_of(self) -> str:
        """What a person saw who saw it now: another word once it was raised higher, or more was written."""
        return f"{self.grade}@{self.raised_again_at or self.raised_at}"


def pack(alerts: tuple[Alert, ...]) -> list[dict[str, Any]]:
    """Alerts as plain facts to be sealed."""
    return [asdict(alert) for alert in alerts]


def unpack(facts: list[dict[str, Any]]) -> tuple[Alert, ...]:
    """Alerts from plain facts."""
    return tuple(
        Alert(**{**alert, "review": Review(**alert["review"]) if alert["review"] else None}) for alert in facts
    )


def answered(
    alerts: tuple[Alert, ...], *, event_id: UUID, assessment_id: UUID, item: int, grade: int, at: str
) -> tuple[Alert, ...]:
    """What an answer that needs a person does to the ledger."""
    if grade < 1:
        return alerts
    same = [alert for alert in alerts if alert.assessment_id == str(assessment_id) and alert.item == item]
    if same and same[-1].grade >= grade:
        return alerts
    if same and same[-1].review is None:
        higher = replace(same[-1], grade=grade, raised_again_at=at)
        return tuple(higher if alert is same[-1] else alert for alert in alerts)
    raised = Alert(id=str(event_id), assessment_id=str(assessment_id), item=item, grade=grade, raised_at=at)
    return (*alerts, raised)


def upset(alerts: tuple[Alert, ...], *, event_id: UUID, image_id: UUID, at: str) -> tuple[Alert, ...]:
    """What a picture that upset the patient does to the ledger; one alert a picture, however often it is said."""
    if any(alert.image_id == str(image_id) for alert in alerts):
        return alerts
    raised = Alert(
        id=str(event_id), assessment_id=None, item=None, grade=0, raised_at=at, kind=PICTURE, image_id=str(image_id)
    )
    return (*alerts, raised)


def compared(alerts: tuple[Alert, ...], *, event_id: UUID, at: str) -> tuple[Alert, ...]:
    """What a pair does of which one picture upset the patient; it has one answer. Which one it was is not known."""
    return (*alerts, Alert(id=str(event_id), assessment_id=None, item=None, grade=0, raised_at=at, kind=PAIR))


def noted(
    alerts: tuple[Alert, ...], *, event_id: UUID, of: str, note_id: UUID, grade: int, at: str
) -> tuple[Alert, ...]:
    """What a text that a person should read does to the ledger. More in the same text, once seen to, raises anew."""
    waiting = [alert for alert in alerts if alert.note_id == str(note_id) and alert.review is None]
    if not waiting:
        raised = Alert(
            id=str(event_id), assessment_id=None, item=None, grade=grade, raised_at=at, kind=NOTE,
            note_of=of, note_id=str(note_id),
        )  # fmt: skip
        return (*alerts, raised)
    again = replace(waiting[-1], grade=max(grade, waiting[-1].grade), raised_again_at=at)
    return tuple(again if alert is waiting[-1] else alert for alert in alerts)


def reviewed(
    alerts: tuple[Alert, ...], *, event_id: UUID, alert_id: UUID, review: Review, as_of: str = ""
) -> tuple[Alert, ...]:
    """Mark an alert as seen to; the first review stands.

    An alert that was raised higher, or of which more was written, since `as_of` is closed as it was then. What came
    since waits on as an alert of its own, as if the review had come first. "" closes what stands.
    """
    found = next((alert for alert in alerts if alert.id == str(alert_id) and alert.review is None), None)
    if found is None:
        return alerts
    # By the moment alone: what a grade is made of may change, and each raise has a moment of its own.
    late = as_of != "" and as_of.partition("@")[2] != found.as_of.partition("@")[2]
    seen_to = replace(_as_it_was(found, as_of) if late else found, review=review)
    marked = tuple(seen_to if alert is found else alert for alert in alerts)
    if not late:
        return marked
    return (
        *marked,
        replace(found, id=str(event_id), raised_at=found.raised_again_at or found.raised_at, raised_again_at=None),
    )


def _as_it_was(alert: Alert, as_of: str) -> Alert:
    grade, _, at = as_of.partition("@")
    return replace(alert, grade=int(grade), raised_again_at=None if at == alert.raised_at else at)


def unreviewed(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """The alerts that still wait for a person, the most serious first, then the oldest."""
    waiting = [alert for alert in alerts if alert.review is None]
    return tuple(sorted(waiting, key=lambda alert: (-alert.grade, alert.raised_at)))
