"""The rules of one exercise. Pure: history in, events out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Final, Literal
from uuid import UUID

from apps.exercises.events import (
    Entry,
    ExerciseBegun,
    ExerciseFinished,
    ExerciseSaved,
    ExerciseSetAside,
    ExerciseTakenUp,
    PictureWished,
)
from apps.exercises.rerating import takes_picture
from apps.exercises.worksheets import WORKSHEETS, Value, Worksheet, WrongEntry

Status = Literal["open", "finished", "set_aside"]
LEADS_TO: Final[Mapping[type, Status]] = {
    ExerciseFinished: "finished",
    ExerciseSetAside: "set_aside",
    ExerciseTakenUp: "open",
}


class ExerciseUnknown(LookupError):
    """No exercise was begun under this id."""


class ExerciseClosed(ValueError):
    """It was finished or put away; what stands in it stays."""


class EntriesWrong(ValueError):
    """Fields that the worksheet lacks, or values that they don't take. `errors` is field → what it takes."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(f"{len(errors)} entries are wrong")
        self.errors = errors


class EntriesMissing(ValueError):
    """Finishing needs these fields; `names` says which."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"{len(names)} entries are missing")
        self.names = names


class ChangedElsewhere(ValueError):
    """Another device wrote into the same fields meanwhile. `theirs` is field → what stands there now (None: empty)."""

    def __init__(self, theirs: dict[str, Value | None]) -> None:
        super().__init__(f"{len(theirs)} entries were changed elsewhere")
        self.theirs = theirs


class PictureNotReady(ValueError):
    """A picture is for a thought that was looked at from both sides, and this exercise has none (yet)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exercise:
    """An exercise as its events leave it; `version` counts them."""

    version: int = 0
    worksheet: Worksheet | None = None
    values: dict[str, Value] = field(default_factory=dict)
    status: Status = "open"
    wishes: tuple[UUID, ...] = ()

    @property
    def takes_picture(self) -> bool:
        """Whether a picture can be asked for."""
        return self.worksheet is not None and takes_picture(self.worksheet, self.values, self.status)


def replay(history: Iterable[object]) -> Exercise:
    """The exercise as the events leave it."""
    return reduce(_apply, history, Exercise())


def _apply(exercise: Exercise, happened: object) -> Exercise:
    exercise = replace(exercise, version=exercise.version + 1)
    match happened:
        case ExerciseBegun():
            return replace(exercise, worksheet=WORKSHEETS[happened.worksheet])
        case ExerciseSaved():
            return replace(exercise, values=with_entries(exercise.values, happened.entries))
        case ExerciseFinished() | ExerciseSetAside() | ExerciseTakenUp():
            return replace(exercise, status=LEADS_TO[type(happened)])
        case PictureWished():
            return replace(exercise, wishes=(*exercise.wishes, happened.wish_id))
    return exercise


def with_entries(values: Mapping[str, Value], entries: Iterable[Entry]) -> dict[str, Value]:
    """The values after these entries; an empty entry takes its field out."""
    changed: dict[str, Value | None] = {one.name: one.text if one.number is None else one.number for one in entries}
    return {name: value for name, value in {**values, **changed}.items() if value is not None}


def begin(exercise: Exercise, worksheet: Worksheet) -> list[object]:
    """Open a worksheet; opening it again goes on with it."""
    if exercise.version:
        return []
    return [ExerciseBegun(worksheet=worksheet.key, worksheet_version=worksheet.version)]


def save(exercise: Exercise, given: Mapping[str, object], *, seen: Exercise) -> list[object]:
    """Keep what changed against `seen`, the state that the writer started from. The same again writes nothing.

    A field that another device changed meanwhile is merged when only one side touched it, and refused when both did.

    Raises:
        ExerciseUnknown, ExerciseClosed, EntriesWrong: retrying won't help.
        ChangedElsewhere: show both, and save again with the newer version as `seen`.
    """
    wanted = _changed(_taken(_open(exercise), given), seen.values)
    theirs = {
        name: exercise.values.get(name)
        for name, value in wanted.items()
        if exercise.values.get(name) not in (value, seen.values.get(name))
    }
    if theirs:
        raise ChangedElsewhere(theirs)
    entries = tuple(_entry(name, value) for name, value in _changed(wanted, exercise.values).items())
    return [ExerciseSaved(entries=entries)] if entries else []


def finish(exercise: Exercise) -> list[object]:
    """Be done with it. Raises ExerciseUnknown, ExerciseClosed, EntriesMissing."""
    worksheet = _open(exercise)
    if missing := tuple(name for name in worksheet.needed if name not in exercise.values):
        raise EntriesMissing(missing)
    return [ExerciseFinished()]


def set_aside(exercise: Exercise) -> list[object]:
    """Put it away as it is. Raises ExerciseUnknown; ExerciseClosed for a finished one."""
    if exercise.status == "set_aside":
        return []
    _open(exercise)
    return [ExerciseSetAside()]


def take_up(exercise: Exercise) -> list[object]:
    """Go on with one that was put away. Raises ExerciseUnknown; ExerciseClosed for a finished one."""
    if exercise.status == "set_aside":
        return [ExerciseTakenUp()]
    _open(exercise)
    return []


def wish_picture(exercise: Exercise, wish_id: UUID) -> list[object]:
    """Ask for a picture, once under one id. Raises ExerciseUnknown, PictureNotReady."""
    if exercise.worksheet is None:
        raise ExerciseUnknown
    if wish_id in exercise.wishes:
        return []
    if not exercise.takes_picture:
        raise PictureNotReady
    return [PictureWished(wish_id=wish_id)]


def _open(exercise: Exercise) -> Worksheet:
    if exercise.worksheet is None:
        raise ExerciseUnknown
    if exercise.status != "open":
        raise ExerciseClosed
    return exercise.worksheet


def _taken(worksheet: Worksheet, given: Mapping[str, object]) -> dict[str, Value | None]:
    """The given values as their fields keep them. Raises EntriesWrong for all that is wrong at once."""
    taken: dict[str, Value | None] = {}
    errors: dict[str, str] = {}
    for name, value in given.items():
        try:
            taken[name] = worksheet.field(name).takes(value)
        except KeyError:
            errors[name] = "there is no such field"
        except WrongEntry as wrong:
            errors[name] = str(wrong)
    if errors:
        raise EntriesWrong(errors)
    return taken


def _changed(wanted: Mapping[str, Value | None], values: Mapping[str, Value]) -> dict[str, Value | None]:
    return {name: value for name, value in wanted.items() if values.get(name) != value}


def _entry(name: str, value: Value | None) -> Entry:
    number = value if isinstance(value, int) else None
    return Entry(name=name, text=value if isinstance(value, str) else None, number=number)
