"""Forms on the real store: saved at once, scored once, another's never; rows say what the log says."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import call_command

from access.door import Purpose, Right, open_patient
from apps.assessments import commands, selectors
from apps.assessments.aggregate import AssessmentUnknown
from apps.assessments.models import SEALED, AssessmentRow
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice
from vault import columns


def test_each_answer_is_saved_the_moment_it_is_given(practice: Practice) -> None:
    form = practice.fill({1: 2}, submit=False)
    assert selectors.form(practice.own(), form).answers[1] == 2


def test_a_repeated_command_writes_nothing_twice(practice: Practice) -> None:
    form = practice.fill({}, submit=False)
    command_id = uuid4()
    for _ in range(2):
        commands.submit(practice.patient.id, form, as_it_is=False, actor=practice.patient.actor, command_id=command_id)
    assert store.version_of(StreamName("assessment", form)) == 11


def test_starting_twice_goes_on_with_one_form(practice: Practice) -> None:
    assert practice.fill({}, submit=False) == practice.fill({1: 3}, submit=False)


def test_nobody_writes_into_or_reads_anothers_form(practice: Practice) -> None:
    form = practice.fill({}, submit=False)
    other = practice.other
    before = store.version_of(StreamName("assessment", form))
    with pytest.raises(AssessmentUnknown):
        commands.answer(other.id, form, item=1, answer=3, actor=other.actor, command_id=uuid4())
    with pytest.raises(AssessmentUnknown):
        selectors.form(open_patient(other.actor, other.id, to=Right.ANSWER, why=Purpose.SELF), form)
    assert store.version_of(StreamName("assessment", form)) == before


def test_the_history_shows_scores_with_bands_and_flags(practice: Practice, seal_now: Callable[[], None]) -> None:
    practice.fill({1: 3, 2: 3, 9: 2})
    practice.fill({1: 3, 2: 3}, key="gad-7")
    seal_now()
    phq, gad = selectors.history(practice.chart())
    assert (phq.total, phq.severity, phq.flags, phq.attention) == (8, "mild", ("item_9=2",), 2)
    assert (gad.total, gad.severity, gad.flags, gad.attention) == (6, "mild", (), 0)


def test_replaying_the_log_gives_the_rows_that_live_projecting_gave(
    practice: Practice, seal_now: Callable[[], None]
) -> None:
    practice.fill({9: 1})
    practice.fill({}, key="gad-7", submit=False)
    seal_now()
    live = rows()
    call_command("rebuild", "assessments.assessment")
    seal_now()
    assert live
    assert rows() == live


def rows() -> list[tuple[object, ...]]:
    return [
        (row.id, row.patient_id, row.started_at, row.closed_at, columns.open(row.patient_id, row.sealed, column=SEALED))
        for row in AssessmentRow.objects.order_by("id")
    ]
