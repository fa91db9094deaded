"""What can happen to a form. Stream `assessment-<id>`, subject = the patient. Types carry no finding."""

from typing import Final

from eventstore.event import event, part

CATEGORY: Final = "assessment"


@event("assessment.started.v1")
class AssessmentStarted:
    """A patient opened a form. The version pins its texts, so that an old answer is never read against new words."""

    instrument: str
    instrument_version: int


@event("assessment.item_answered.v1")
class ItemAnswered:
    """One question was answered, or answered anew. Saved at once, so that nothing is lost when a page closes."""

    item: int  # as printed, from 1
    answer: int  # points
    attention: int  # 0, or the grade 1 to 3 of an answer that needs a person (PHQ-9's item 9)


@part
class SubscaleScore:
    """One subscale's points and word; both None when too many of its answers are missing."""

    name: str
    total: int | None
    severity: str | None


@event("assessment.scored.v1")
class AssessmentScored:
    """The patient handed the form in, and it was scored by its source's rules."""

    total: int | None
    severity: str | None
    subscales: tuple[SubscaleScore, ...]
    flags: tuple[str, ...]
    missing: int
