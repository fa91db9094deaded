"""Made-up past sessions for demonstration patients: moods that wander, never frames or pictures of anybody."""

import random
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from apps.sessions import commands
from eventstore.actor import Actor

_SESSION_EVENTS = 8  # opened, three moods, at most three shifts, ended
_DEMO = UUID("4f0b7c5e-52a7-4f0e-9d0b-6f3a0c1b2d3e")


def live_through(patient_id: UUID, *, events: int, until: datetime, seed: int) -> int:
    """Write about ``events`` events of sessions in the weeks before ``until``. How many sessions."""
    chance, actor = random.Random(seed), Actor(patient_id, "patient")  # noqa: S311  (nothing secret)
    sessions = max(1, events // _SESSION_EVENTS)
    mood = chance.uniform(-4, 0)
    for number in range(sessions):
        at = until - timedelta(days=3 * (sessions - number), minutes=chance.randrange(600))
        mood = min(4.0, mood + chance.uniform(-1.0, 1.6))
        _session(patient_id, number, at, round(mood), chance, actor)
    return sessions


def _session(patient_id: UUID, number: int, at: datetime, mood: int, chance: random.Random, actor: Actor) -> None:
    session_id = uuid5(_DEMO, f"{patient_id}/{number}")
    commands.open_session(
        session_id,
        patient_id=patient_id,
        camera=False,
        consents=(),
        at=at,
        actor=actor,
        command_id=session_id,
    )
    for turn in range(3):
        commands.report_mood(
            session_id,
            valence=max(-5, min(5, mood + turn - 1)),
            distress=max(0, min(100, 50 - 10 * mood - chance.randrange(20))),
            at=at + timedelta(minutes=5 * turn + 1),
            actor=actor,
            command_id=uuid5(session_id, f"mood/{turn}"),
        )
    commands.end_if_open(
        session_id,
        reason="patient",
        at=at + timedelta(minutes=18),
        actor=actor,
        command_id=uuid5(session_id, "end"),
    )
