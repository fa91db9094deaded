"""What a picture is painted for, a session or a thought record, and what that changes on the way to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.imagery import commands, scheduling
from apps.imagery.feeling import Feeling, feeling
from apps.sessions import commands as sessions
from apps.sessions.events import SESSION
from eventstore import store
from eventstore.stream import StreamName


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The differences; all else, safety first, is the same for every picture.

    Attributes:
        over: why nobody waits at the place of this id any more, as a code; None while somebody does.
        feeling: how the patient is, from the place's id and the request's emotion, intensity and time.
        asked: the first reason that the patient reads; "" where nothing but the state asked for the picture.
        technique: the way of working that is asked for; "" leaves it to the engine.
        works: that way, as a reason.
        live: whether it is a session, where a page follows the painting and a step of a ladder may be taken.
    """

    over: Callable[[UUID], str | None]
    feeling: Callable[[UUID, str, float, datetime], Feeling]
    asked: str = ""
    technique: str = ""
    works: str = ""
    live: bool = False


def of(reason: str) -> Occasion:
    """By the reason of a request, as jobs carry it."""
    return THOUGHT if reason == scheduling.WISH else LIVE


def _session_over(session_id: UUID) -> str | None:
    return "session_ended" if sessions.load(session_id).phase == "ended" else None


def _in_session(session_id: UUID, emotion: str, intensity: float, at: datetime) -> Feeling:
    events = [recorded.event for recorded in store.read(StreamName(SESSION, session_id))]
    return feeling(events, emotion, intensity, at)


def _wish_over(exercise_id: UUID) -> str | None:
    return "upset" if commands.load(exercise_id).upset else None


def _rated_again(_: UUID, emotion: str, intensity: float, at: datetime) -> Feeling:
    """As the patient rated it; no face and no course of moods stands behind it."""
    return feeling((), emotion, intensity, at)


LIVE: Final = Occasion(over=_session_over, feeling=_in_session, live=True)
THOUGHT: Final = Occasion(
    over=_wish_over,
    feeling=_rated_again,
    asked="You asked for a picture for your fairer thought.",
    technique="cognitive_restructuring",
    works="It takes a wider view, as you did.",
)
