"""The rules of one form. Pure: history in, events out."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import reduce

from apps.assessments.events import AssessmentScored, AssessmentStarted, ItemAnswered, SubscaleScore
from apps.assessments.instruments import INSTRUMENTS, Instrument
from apps.assessments.scoring import WrongAnswers, score


class AssessmentUnknown(LookupError):
    """No form was started under this id."""


class AssessmentClosed(ValueError):
    """The form was handed in; its answers stay as they are."""


class AssessmentStale(ValueError):
    """The form was begun too long ago to be handed in as one."""


class AnswersMissing(ValueError):
    """Questions are open, and the patient hasn't said to hand the form in as it is. `items` are their numbers."""

    def __init__(self, items: tuple[int, ...]) -> None:
        super().__init__(f"{len(items)} questions are open")
        self.items = items


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """A form as its events leave it. `attention` is the highest grade any answer ever had; nothing lowers it."""

    version: int = 0
    instrument: Instrument | None = None
    answers: dict[int, int] = field(default_factory=dict)
    attention: int = 0
    scored: AssessmentScored | None = None


def replay(history: Iterable[object]) -> Assessment:
    """The form as the events leave it; `version` counts them."""
    return reduce(_apply, history, Assessment())


def _apply(form: Assessment, happened: object) -> Assessment:
    form = replace(form, version=form.version + 1)
    match happened:
        case AssessmentStarted():
            return replace(form, instrument=INSTRUMENTS[happened.instrument])
        case ItemAnswered():
            answers = {**form.answers, happened.item: happened.answer}
            return replace(form, answers=answers, attention=max(form.attention, happened.attention))
        case AssessmentScored():
            return replace(form, scored=happened)
    return form


def start(form: Assessment, instrument: Instrument) -> list[object]:
    """Open a form; opening it again goes on with it."""
    if form.version:
        return []
    return [AssessmentStarted(instrument=instrument.key, instrument_version=instrument.version)]


def answer(form: Assessment, *, item: int, answer: int, seen: Assessment | None = None) -> list[object]:
    """Answer one question; the same answer again changes nothing, nor does one that the page showed as it was `seen`.

    Raises:
        AssessmentUnknown, AssessmentClosed: retrying won't help.
        WrongAnswers: the form has no such question or answer.
    """
    instrument = _open(form)
    try:
        offered = {choice.value for choice in instrument.choices_for(instrument.item(item).number)}
    except KeyError:
        raise WrongAnswers(f"{instrument.key} has no question {item}") from None
    if answer not in offered:
        raise WrongAnswers(f"question {item} has no answer {answer}")
    if answer in (form.answers.get(item), seen.answers.get(item) if seen else None):
        return []
    return [ItemAnswered(item=item, answer=answer, attention=answer if item in instrument.watched else 0)]


def submit(form: Assessment, *, as_it_is: bool, stands: bool = True) -> list[object]:
    """Hand the form in and score it. Gaps need `as_it_is`, since they cost the total.

    Raises:
        AssessmentUnknown, AssessmentClosed: retrying won't help.
        AssessmentStale: it no longer `stands`; its answers are kept, and a new one can be begun.
        AnswersMissing: ask the patient.
    """
    instrument = _open(form)
    if not stands:
        raise AssessmentStale
    if (gaps := open_items(form)) and not as_it_is:
        raise AnswersMissing(gaps)
    result = score(instrument, [form.answers.get(item.number) for item in instrument.items])
    parts = tuple(
        SubscaleScore(name=name, total=part.total, severity=part.severity) for name, part in result.subscales.items()
    )
    scored = AssessmentScored(
        total=result.total, severity=result.severity, subscales=parts, flags=result.flags, missing=result.missing
    )
    return [scored]


def open_items(form: Assessment) -> tuple[int, ...]:
    """The scored questions that have no answer yet."""
    instrument = form.instrument
    if instrument is None:
        return ()
    return tuple(item.number for item in instrument.items if item.number not in form.answers)


def _open(form: Assessment) -> Instrument:
    if form.instrument is None:
        raise AssessmentUnknown
    if form.scored is not None:
        raise AssessmentClosed
    return form.instrument
