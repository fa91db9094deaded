"""What patients wrote that a machine has not read yet, and how soon a person should. Pure: history in, texts out."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, Final, Protocol
from uuid import UUID, uuid5

from apps.exercises.events import EXERCISE, ExerciseSaved
from apps.imagery.events import CATEGORY as IMAGERY
from apps.imagery.events import ImageReacted
from apps.providers.events import Finding, NoteScreened
from apps.sessions.events import SESSION, FeedbackGiven

OF: Final = {SESSION: "session", IMAGERY: "picture", EXERCISE: "exercise"}
"""Streams that hold free texts, and what a note of theirs is called."""
FIRST: Final = 3
LATER: Final = 1
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.;!?\n。！？])")


class History(Protocol):
    """What a recorded event tells."""

    @property
    def event(self) -> Any: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Written:
    """All that is new in one place: what was replaced meanwhile, then a line a field, each as it was written last."""

    note_id: UUID
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of them, each on lines of its own."""
        return "\n".join(self.texts)


def has_text(event: object) -> bool:
    """Whether the event holds words of the patient's own."""
    return any(_pieces(event, UUID(int=0)))


def written(history: Iterable[History], entity_id: UUID, *, after: int) -> list[Written]:
    """The texts of one stream above a version, oldest place first."""
    places: dict[UUID, dict[str, tuple[str, ...]]] = {}
    for recorded in history:
        for note_id, field, text in _pieces(recorded.event, entity_id) if recorded.version > after else ():
            fields = places.setdefault(note_id, {})
            fields[field] = (*_replaced(fields.get(field, ()), text), text)
    return [Written(note_id, _texts(fields.values())) for note_id, fields in places.items()]


def _texts(fields: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    replaced = chain.from_iterable(texts[:-1] for texts in fields)
    return *replaced, "\n".join(texts[-1] for texts in fields)


def _replaced(before: Iterable[str], now: str) -> Iterator[str]:
    """The sentences of earlier texts that the present one lacks: taking one back does not unsay it.

    One that begins a sentence of the present text is still there, as in a draft that grows; one that stands within
    another is not: "I don't think that I want to die" takes back what it repeats. A draft that only grows leaves none,
    and one that is mended leaves what was mended and not the whole again.
    """
    kept = [one.strip() for one in _SENTENCE_ENDS.split(now)]
    for text in before:
        sentences = _SENTENCE_ENDS.split(text)
        gone = "".join(one for one in sentences if not any(has.startswith(one.strip()) for has in kept)).strip()
        if gone:
            yield gone


def read_through(screened: Iterable[History]) -> int:
    """The version up to which a source was read; 0 for one that never was."""
    return max((one.event.through for one in screened if isinstance(one.event, NoteScreened)), default=0)


def raised_on(history: Sequence[History], screened: Iterable[History], entity_id: UUID, note_id: UUID) -> list[str]:
    """The texts of one note in which something was found, each as it stood when it was read."""
    found: list[str] = []
    after = 0
    readings = (one.event for one in screened if isinstance(one.event, NoteScreened))
    for through, events in groupby(readings, key=lambda event: event.through):
        if any(event.note_id == note_id and grade_of(event.findings) for event in events):
            upto = [one for one in history if one.version <= through]
            found += [new.text for new in written(upto, entity_id, after=after) if new.note_id == note_id]
        after = through
    return found


def stream_id(category: str, entity_id: UUID) -> UUID:
    """Whose `note` stream tells of a source's readings: a session and its pictures share their id."""
    return uuid5(entity_id, f"note:{category}")


def grade_of(findings: Iterable[Finding]) -> int:
    """How an alert is sorted among the others: 3 where self-harm is named, 1 for all else, 0 where nothing is.

    Words that deny it ("I don't want to die") are read by a person, too: they often come before a "but".
    """
    return max((FIRST if one.label == "self_harm" and not one.denied else LATER for one in findings), default=0)


def _pieces(event: object, entity_id: UUID) -> Iterator[tuple[UUID, str, str]]:
    """(note, field, text) of each text in an event."""
    match event:
        case FeedbackGiven(text=str() as text) if text.strip():
            yield entity_id, "text", text
        case ImageReacted(image_id=image_id, note=str() as note) if note.strip():
            yield image_id, "note", note
        case ExerciseSaved(entries=entries):
            for entry in entries:
                if entry.text and entry.text.strip():
                    yield entity_id, entry.name, entry.text
