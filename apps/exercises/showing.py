"""An exercise as its pages show it: parts with their questions, what changed from before to after, a line in a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from apps.exercises.aggregate import Exercise
from apps.exercises.selectors import ExerciseFacts
from apps.exercises.worksheets import Field, Section, Value, Worksheet

SHORT: Final = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An exercise after a save from a page, with what could not be kept: field → why, and field → what stands there."""

    exercise: Exercise
    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, Value | None] = field(default_factory=dict)
    given: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One field on a page. `theirs` is what another device wrote there, where `clashes`.

    Where `unkept`, `value` was given and not taken, and `kept` is what stands in the log.
    """

    field: Field
    label: str
    value: Value | None
    error: str
    clashes: bool
    theirs: Value | None
    missing: bool
    unkept: bool
    kept: Value | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A section with its questions."""

    section: Section
    questions: tuple[Question, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """One scale before and after; None where it wasn't said. `most` is its highest point."""

    label: str
    before: int | None
    after: int | None
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An exercise in a list. `day` and `time` are those of a plan."""

    facts: ExerciseFacts
    headline: str
    day: date | None
    time: time | None
    shifts: tuple[Shift, ...]


def parts(kept: Kept, *, missing: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """The page of an open exercise; what could not be kept stands in its field as it was given."""
    worksheet = kept.exercise.worksheet
    if worksheet is None:
        return ()
    return tuple(
        Part(section=section, questions=tuple(_question(one, worksheet, kept, missing) for one in section.fields))
        for section in worksheet.sections
    )


def unkept(exercise: Exercise, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Label and text of each field that was given something else than what stands there."""
    worksheet, values = exercise.worksheet, exercise.values
    if worksheet is None:
        return []
    names = [one.name for section in worksheet.sections for one in section.fields]
    texts = {name: " ".join(given.get(name, "").split()) for name in names}
    return [
        (worksheet.label(name, values), given[name])
        for name, text in texts.items()
        if text and text != " ".join(str(values.get(name, "")).split())
    ]


def _question(asked: Field, worksheet: Worksheet, kept: Kept, missing: tuple[str, ...]) -> Question:
    name, values = asked.name, kept.exercise.values
    unkept = name in kept.errors or name in kept.theirs
    return Question(
        field=asked,
        label=worksheet.label(name, values),
        value=kept.given.get(name) if unkept else values.get(name),
        error=kept.errors.get(name, ""),
        clashes=name in kept.theirs,
        theirs=kept.theirs.get(name),
        missing=name in missing and name not in values,
        unkept=unkept,
        kept=values.get(name),
    )


def told(worksheet: Worksheet, values: Mapping[str, Value]) -> tuple[tuple[Section, list[tuple[str, Value]]], ...]:
    """Sections with label and answer of each free text or choice that was filled in; scales stand in `shifts`."""
    scales = {name for change in worksheet.changes for name in (change.before, change.after)}
    found = []
    for section in worksheet.sections:
        filled = [one for one in section.fields if one.name in values and one.name not in scales]
        answers = [(worksheet.label(one.name, values), _words(one, values[one.name])) for one in filled]
        if answers:
            found.append((section, answers))
    return tuple(found)


def shifts(worksheet: Worksheet, values: Mapping[str, Value]) -> tuple[Shift, ...]:
    """Each scale that was said at least once, before and after."""
    found = (
        Shift(
            label=str(values.get(change.named_by) or change.label),
            before=_points(values.get(change.before)),
            after=_points(values.get(change.after)),
            most=worksheet.field(change.before).most,
        )
        for change in worksheet.changes
    )
    return tuple(one for one in found if one.before is not None or one.after is not None)


def line(facts: ExerciseFacts) -> Line:
    """How the exercise stands in a list."""
    text = str(facts.values.get(facts.worksheet.headline, ""))
    return Line(
        facts=facts,
        headline=text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…",
        day=date.fromisoformat(str(facts.values["day"])) if "day" in facts.values else None,
        time=time.fromisoformat(str(facts.values["time"])) if "time" in facts.values else None,
        shifts=shifts(facts.worksheet, facts.values),
    )


def _words(asked: Field, value: Value) -> Value:
    if asked.kind == "choice":
        return next((choice.text for choice in asked.choices if choice.value == value), value)
    if asked.kind == "scale":
        return f"{value} / {asked.most}"
    return value


def _points(value: Value | None) -> int | None:
    return value if isinstance(value, int) else None
