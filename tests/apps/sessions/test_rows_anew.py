"""Sessions' rows made again from the log are those that were there."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.core.management import call_command
from django.utils import timezone

from apps.sessions import commands
from apps.sessions.events import SESSION, FaceClaimed
from apps.sessions.models import ENTRY, SUMMARY, SessionRow, TimelineEntry
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice
from vault import columns

Seal = Callable[[], None]


def rows() -> tuple[list[object], list[object]]:
    """Both tables, opened: a seal is another one each time."""
    sessions = [
        (one.id, one.opened_at, one.ended_at, columns.open(one.patient_id, bytes(one.sealed), column=SUMMARY))
        for one in SessionRow.objects.order_by("id")
    ]
    entries = [
        (one.position, one.at, columns.open(one.patient_id, bytes(one.sealed), column=ENTRY))
        for one in TimelineEntry.objects.order_by("position")
    ]
    return list(sessions), list(entries)


def test_each_table_is_made_again_alone(practice: Practice, seal_now: Seal) -> None:
    who, actor, session, now = practice.patient.id, practice.patient.actor, uuid4(), timezone.now()

    def at(seconds: int) -> dict[str, object]:
        return {"at": now + timedelta(seconds=seconds), "actor": actor, "command_id": uuid4()}

    commands.open_session(session, patient_id=who, camera=True, consents=["camera"], **at(0))  # type: ignore[arg-type]
    commands.report_mood(session, valence=-2, distress=40, **at(5))  # type: ignore[arg-type]
    commands.note_shift(session, to="fear", intensity=0.6, source="camera", **at(9))  # type: ignore[arg-type]
    stream = StreamName(SESSION, session)
    claimed = FaceClaimed(claimed_at=now + timedelta(seconds=12))
    store.append(stream, [claimed], expected=None, actor=actor, command_id=uuid4(), subject=who)
    commands.pause(session, **at(14))  # type: ignore[arg-type]
    commands.resume(session, **at(20))  # type: ignore[arg-type]
    commands.end_session(session, reason="done", **at(30))  # type: ignore[arg-type]
    seal_now()
    before = rows()
    assert len(before[0]) == 1
    assert [entry[2]["kind"] for entry in before[1]].count("face_claimed") == 1  # type: ignore[index]
    for name in ("care_sessions.session", "care_sessions.timeline", "care_sessions.session"):
        call_command("rebuild", name)
        assert rows() == before, name
