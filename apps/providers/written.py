"""All that a patient wrote, in one list for whoever treats them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from access.door import Permit
from apps.exercises import selectors as exercises
from apps.imagery import selectors as imagery
from apps.providers.ledger import Alert
from apps.sessions import selectors as sessions

MOST: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One text. `of` is "session", "picture" or "exercise"; an exercise stands on a page of its own and has its title.

    `waits` says that an alert about it waits for a person, `alerted` that one was raised at all.
    """

    of: str
    id: UUID
    at: datetime
    text: str
    waits: bool
    alerted: bool


def entries(permit: Permit, alerts: Iterable[Alert]) -> list[Entry]:
    """Every text, the newest first; a page shows MOST of them at first and says so."""
    raised = [alert for alert in alerts if alert.note_id is not None]
    known = {alert.note_id for alert in raised}
    waiting = {alert.note_id for alert in raised if alert.review is None}
    found = [
        Entry(of=of, id=id_, at=at, text=text, waits=str(id_) in waiting, alerted=str(id_) in known)
        for of, id_, at, text in _texts(permit)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _texts(permit: Permit) -> list[tuple[str, UUID, datetime, str]]:
    said = [("session", one.session_id, one.at, one.text) for one in sessions.said_at_the_end(permit)]
    noted = [("picture", one.image_id, one.at, one.text) for one in imagery.noted(permit)]
    worked = [
        ("exercise", one.id, one.changed_at, one.worksheet.title) for one in exercises.history(permit) if one.values
    ]
    return [*said, *noted, *worked]
