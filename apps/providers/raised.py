"""The words that alerts about notes were raised on, as they stood when a machine read them: the log still has them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from access.door import Permit, Right
from apps.exercises.events import ExerciseSaved
from apps.imagery import selectors as imagery
from apps.imagery.events import CATEGORY as IMAGERY
from apps.imagery.events import ImageReacted
from apps.providers import notes
from apps.providers.events import NOTE, NoteScreened
from apps.providers.ledger import Alert
from apps.sessions.events import FeedbackGiven
from eventstore import store
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

MOST: Final = 40
"""Together with those that wait, of which none is left out."""
_TOLD: Final = (FeedbackGiven, ImageReacted, ExerciseSaved, NoteScreened)
_CATEGORIES: Final = {of: category for category, of in notes.OF.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """One alert and its texts, oldest first. They may have been changed or taken out since."""

    alert: Alert
    texts: tuple[str, ...]


def raised(permit: Permit, alerts: Iterable[Alert]) -> list[Raised]:
    """The newest first, those that wait before those that were seen to."""
    permit.require(Right.VIEW_CHART)
    found = [alert for alert in alerts if alert.note_id is not None and alert.note_of in _CATEGORIES]
    found.sort(key=lambda alert: (alert.review is None, alert.raised_again_at or alert.raised_at), reverse=True)
    listed = [alert for place, alert in enumerate(found) if place < MOST or alert.review is None]
    sources = _sources(permit, listed)
    told = _told(sources)
    return [
        Raised(alert=alert, texts=_texts(permit, alert, source, told))
        for alert, source in zip(listed, sources, strict=True)
    ]


def _sources(permit: Permit, alerts: Sequence[Alert]) -> list[StreamName]:
    """The stream in which each alert's note stands: a picture's is that of the session or exercise it was shown in."""
    places = imagery.shown_in(permit, [_note(alert) for alert in alerts if alert.note_of == notes.OF[IMAGERY]])
    return [StreamName(_CATEGORIES[str(one.note_of)], places.get(_note(one), _note(one))) for one in alerts]


def _told(sources: Sequence[StreamName]) -> dict[StreamName, list[Recorded]]:
    """What was written in these streams and what was read of it, by stream; in one query, however many alerts."""
    found: dict[StreamName, list[Recorded]] = {}
    for one in store.read_each({*sources, *map(_readings, sources)}, types=_TOLD):
        found.setdefault(one.stream, []).append(one)
    return found


def _texts(
    permit: Permit, alert: Alert, source: StreamName, told: Mapping[StreamName, list[Recorded]]
) -> tuple[str, ...]:
    history, screened = told.get(source, []), told.get(_readings(source), [])
    if not history or history[0].subject not in (permit.patient_id, None):
        return ()
    return tuple(notes.raised_on(history, screened, source.entity_id, _note(alert)))


def _readings(source: StreamName) -> StreamName:
    return StreamName(NOTE, notes.stream_id(source.category, source.entity_id))


def _note(alert: Alert) -> UUID:
    return UUID(str(alert.note_id))
