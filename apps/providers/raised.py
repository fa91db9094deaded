"""The words that alerts about notes were raised on, as they stood when a machine read them: the log still has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import Http404

from access.door import Permit, Right
from apps.imagery import selectors as imagery
from apps.imagery.events import CATEGORY as IMAGERY
from apps.providers import notes
from apps.providers.events import NOTE
from apps.providers.ledger import Alert
from eventstore import store
from eventstore.stream import StreamName

MOST: Final = 40
"""Together with those that wait, of which none is left out."""
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
    return [Raised(alert=alert, texts=_texts(permit, alert)) for alert in listed]


def _texts(permit: Permit, alert: Alert) -> tuple[str, ...]:
    category, note_id = _CATEGORIES[str(alert.note_of)], UUID(str(alert.note_id))
    entity_id = _entity(permit, alert, note_id)
    history = store.read(StreamName(category, entity_id))
    screened = store.read(StreamName(NOTE, notes.stream_id(category, entity_id)))
    if not history or history[0].subject not in (permit.patient_id, None):
        return ()
    return tuple(notes.raised_on(history, screened, entity_id, note_id))


def _entity(permit: Permit, alert: Alert, note_id: UUID) -> UUID:
    """Whose stream the note stands in: a picture's is that of the session or exercise that it was shown in."""
    if alert.note_of != notes.OF[IMAGERY]:
        return note_id
    try:
        shown = imagery.image(permit, note_id)
    except Http404:
        return note_id
    return shown.session_id or shown.exercise_id or note_id
