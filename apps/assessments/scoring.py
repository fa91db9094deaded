"""Adding up answers. Pure: answers in, a score with its bands and flags out.

A missing answer is never a zero. A scale with more gaps than its source tolerates has no score and no severity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from apps.assessments.instruments.model import Band, Instrument, Scale


class WrongAnswers(ValueError):
    """Too many or too few answers, or one that the form doesn't offer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScaleScore:
    """One scale's points and the source's word for them; both None when too many answers are missing."""

    total: int | None
    severity: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """`flags` are "item_9=2" for an answer that needs a person, "depression~6/7" for a scale filled from its mean."""

    instrument: str
    total: int | None
    severity: str | None
    subscales: Mapping[str, ScaleScore]
    flags: tuple[str, ...]
    missing: int


def score(instrument: Instrument, answers: Sequence[int | None]) -> Score:
    """Score a whole form. `answers` follow the items' order, None for a missing one; the unscored question is left out.

    Raises:
        WrongAnswers: the count or a value is none that the form has.
    """
    _check(instrument, answers)
    by_item = {item.number: answer for item, answer in zip(instrument.items, answers, strict=True)}
    overall = ScaleScore(total=None, severity=None) if instrument.total is None else _scale(instrument.total, by_item)
    return Score(
        instrument=instrument.key,
        total=overall.total,
        severity=overall.severity,
        subscales={scale.name: _scale(scale, by_item) for scale in instrument.subscales},
        flags=(*_watched(instrument, by_item), *_filled(instrument, by_item)),
        missing=sum(answer is None for answer in answers),
    )


def severity(bands: Sequence[Band], total: int) -> str:
    """The word of the highest band that `total` reaches."""
    return max((band for band in bands if band.lowest <= total), key=lambda band: band.lowest).word


def _check(instrument: Instrument, answers: Sequence[int | None]) -> None:
    if len(answers) != len(instrument.items):
        raise WrongAnswers(f"{instrument.key} takes {len(instrument.items)} answers, got {len(answers)}")
    allowed = {choice.value for choice in instrument.choices}
    for number, answer in enumerate(answers, start=1):
        if answer is not None and answer not in allowed:
            raise WrongAnswers(f"answer {number} is {answer}; {instrument.key} takes {min(allowed)} to {max(allowed)}")


def _scale(scale: Scale, by_item: Mapping[int, int | None]) -> ScaleScore:
    given = [answer for number in scale.items if (answer := by_item[number]) is not None]
    gaps = len(scale.items) - len(given)
    if gaps > scale.tolerated or not given:
        return ScaleScore(total=None, severity=None)
    mean = Fraction(sum(given), len(given))
    total = floor(mean * len(scale.items) * scale.factor + Fraction(1, 2))
    return ScaleScore(total=total, severity=severity(scale.bands, total))


def _watched(instrument: Instrument, by_item: Mapping[int, int | None]) -> list[str]:
    return [f"item_{number}={by_item[number]}" for number in instrument.watched if by_item[number]]


def _filled(instrument: Instrument, by_item: Mapping[int, int | None]) -> list[str]:
    flags = []
    for scale in instrument.subscales:
        given = sum(by_item[number] is not None for number in scale.items)
        if 0 < len(scale.items) - given <= scale.tolerated:
            flags.append(f"{scale.name}~{given}/{len(scale.items)}")
    return flags
