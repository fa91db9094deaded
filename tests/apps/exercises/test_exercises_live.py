"""Exercises and ladders on the real store: saved once, another's never, rows say what the log says, erased for good."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access.door import Purpose, Right, open_patient
from access.permit import WrongPermit
from apps.exercises import commands, selectors
from apps.exercises.aggregate import ExerciseUnknown
from apps.exercises.events import EXERCISE, LADDER
from apps.exercises.ladder import LadderUnknown, NotNow
from apps.exercises.models import SEALED, ExerciseRow, LadderRow
from eventstore import store
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName
from tests.apps.exercises.acting import LADDER as WRITTEN
from tests.apps.exercises.acting import RECORD, begun, ladder, planning
from tests.apps.practice import Practice
from vault import columns

Seal = Callable[[], None]


def test_a_double_click_begins_one_and_a_repeated_save_writes_once(practice: Practice) -> None:
    permit, click, save = practice.own(), uuid4(), uuid4()
    exercise = commands.begin(permit, "grounding", command_id=click)
    assert commands.begin(permit, "grounding", command_id=click) == exercise
    for _ in range(2):
        commands.save(permit, exercise, {"distress_before": 60}, seen=1, command_id=save)
    assert store.version_of(StreamName(EXERCISE, exercise)) == 2


def test_nobody_writes_into_or_reads_anothers(practice: Practice) -> None:
    exercise, climbed = begun(practice), ladder(practice)
    other = open_patient(practice.other.actor, practice.other.id, to=Right.ANSWER, why=Purpose.SELF)
    with pytest.raises(ExerciseUnknown):
        commands.save(other, exercise, {"thought": "x"}, seen=1, command_id=uuid4())
    with pytest.raises(ExerciseUnknown):
        selectors.exercise(other, exercise)
    with pytest.raises(LadderUnknown):
        commands.begin_step(other, climbed, step=0, distress=10, command_id=uuid4())
    assert store.version_of(StreamName(EXERCISE, exercise)) == 1
    assert store.version_of(StreamName(LADDER, climbed)) == 2


def test_the_patient_writes_no_ladder_and_the_clinician_neither_agrees_nor_begins(practice: Practice) -> None:
    made = ladder(practice, agreed=False)
    with pytest.raises(WrongPermit):
        commands.write_ladder(practice.own(), WRITTEN, command_id=uuid4())
    with pytest.raises(WrongPermit):
        commands.agree(planning(practice), made, command_id=uuid4())
    with pytest.raises(WrongPermit):
        commands.begin_step(planning(practice), made, step=0, distress=10, command_id=uuid4())
    assert store.version_of(StreamName(LADDER, made)) == 1


def test_a_step_is_approved_only_while_it_is_agreed_open_and_not_calm(practice: Practice, seal_now: Seal) -> None:
    who, permit = practice.patient.id, practice.own()
    made = ladder(practice, agreed=False)
    seal_now()
    assert selectors.approved_step(who) is None
    commands.agree(permit, made, command_id=uuid4())
    idle = selectors.approved_step(who)
    assert idle is not None
    assert (idle.step, idle.text, idle.limit, idle.begun_at) == (0, "Look at the lift", 80, None)
    commands.begin_step(permit, made, step=0, distress=50, command_id=uuid4())
    begun_step = selectors.approved_step(permit)
    assert begun_step is not None
    assert begun_step.begun_at is not None
    assert begun_step.goes_on(begun_step.begun_at)
    assert not begun_step.goes_on(begun_step.begun_at + timedelta(hours=2))  # left open, so no longer going on
    assert not idle.goes_on(begun_step.begun_at)
    assert (idle.distress, begun_step.distress) == (None, 50)
    commands.say_distress(permit, made, distress=60, done=False, command_id=uuid4())
    said = selectors.approved_step(permit)
    assert said is not None and said.distress == 60
    commands.stop(permit, made, command_id=uuid4())
    assert selectors.approved_step(who) is None
    commands.end_attempt(permit, made, distress=20, command_id=uuid4())
    assert selectors.approved_step(who) == idle
    commands.withdraw(permit, made, command_id=uuid4())
    assert selectors.approved_step(who) is None


def test_nobody_is_on_two_ladders_at_once(practice: Practice, seal_now: Seal) -> None:
    one, two = ladder(practice), ladder(practice)
    seal_now()
    commands.begin_step(practice.own(), one, step=0, distress=10, command_id=uuid4())
    with pytest.raises(NotNow, match="on_a_step"):
        commands.begin_step(practice.own(), two, step=0, distress=10, command_id=uuid4())


def test_a_step_left_open_for_hours_opens_no_harder_one_when_it_is_done(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit, made, limited = practice.own(), ladder(practice), ladder(practice)
    for one in (made, limited):
        commands.begin_step(permit, one, step=0, distress=70, command_id=uuid4())
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=2))
        left = commands.say_distress(permit, made, distress=10, done=True, command_id=uuid4())
        over = commands.say_distress(permit, limited, distress=90, done=True, command_id=uuid4())
    assert left.now is not None
    assert (left.now.why, left.now.last, left.place.step) == ("stopped", 10, 0)
    assert over.now is not None
    assert over.now.why == "limit"
    commands.end_attempt(permit, made, distress=None, command_id=uuid4())
    commands.begin_step(permit, made, step=0, distress=70, command_id=uuid4())
    eased = commands.say_distress(permit, made, distress=10, done=True, command_id=uuid4())
    assert eased.place.step == 1


def test_a_calm_picture_left_open_keeps_nobody_from_another_ladder(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit, left, other = practice.own(), ladder(practice), ladder(practice)
    seal_now()
    commands.begin_step(permit, left, step=0, distress=10, command_id=uuid4())
    commands.stop(permit, left, command_id=uuid4())
    with pytest.raises(NotNow, match="on_a_step"):
        commands.begin_step(permit, other, step=0, distress=10, command_id=uuid4())
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: datetime.now(UTC) + timedelta(hours=2))
        assert commands.begin_step(permit, other, step=0, distress=10, command_id=uuid4()).on_a_step
        found = selectors.approved_step(permit)
    assert found is not None
    assert found.ladder_id == other


def test_the_tries_of_an_older_writing_stay_readable(practice: Practice, seal_now: Seal) -> None:
    made, permit = ladder(practice), practice.own()
    commands.begin_step(permit, made, step=0, distress=70, command_id=uuid4())
    commands.say_distress(permit, made, distress=90, done=False, command_id=uuid4())
    commands.end_attempt(permit, made, distress=None, command_id=uuid4())
    commands.write_ladder(planning(practice), WRITTEN, command_id=uuid4(), ladder_id=made)
    seal_now()
    [facts] = selectors.ladders(practice.chart())
    assert not facts.ladder.agreed
    assert [(one.text, one.attempt.why, one.attempt.highest, one.limit) for one in facts.tried] == [
        ("Look at the lift", "limit", 90, 80)
    ]


def test_replaying_the_log_gives_the_rows_that_live_projecting_gave(practice: Practice, seal_now: Seal) -> None:
    exercise = begun(practice, values=dict(RECORD))
    commands.finish(practice.own(), exercise, command_id=uuid4())
    away = begun(practice, "activity_plan", {"activity": "Walk"})
    commands.set_aside(practice.own(), away, command_id=uuid4())
    back = begun(practice, "grounding")
    commands.set_aside(practice.own(), back, command_id=uuid4())
    commands.take_up(practice.own(), back, command_id=uuid4())
    ladder(practice)
    seal_now()
    live = rows()
    call_command("rebuild", "exercises.exercise", "exercises.ladder")
    seal_now()
    assert [len(one) for one in live] == [3, 1]
    assert rows() == live


def test_erasing_a_patient_leaves_nothing_of_their_exercises(practice: Practice, seal_now: Seal) -> None:
    exercise, climbed, who = begun(practice, values=dict(RECORD)), ladder(practice), practice.patient.id
    seal_now()
    approver = str(practice.administrator.id)
    call_command("erase_patient", str(who), reason="asked for it", approved_by=approver)
    seal_now()
    assert not ExerciseRow.objects.filter(patient_id=who).exists()
    assert not LadderRow.objects.filter(patient_id=who).exists()
    for stream in (StreamName(EXERCISE, exercise), StreamName(LADDER, climbed)):
        assert all(isinstance(one.event, Tombstone) for one in store.read(stream))
    assert selectors.approved_step(who) is None


def rows() -> tuple[list[object], list[object]]:
    exercises: list[object] = [
        (
            row.id, row.patient_id, row.begun_at, row.changed_at, row.closed_at,
            columns.open(row.patient_id, row.sealed, column=SEALED),
        )
        for row in ExerciseRow.objects.order_by("id")
    ]  # fmt: skip
    ladders: list[object] = list(LadderRow.objects.order_by("id").values_list("id", "patient_id", "written_at"))
    return exercises, ladders
