"""`manage.py replay`: what was decided once is decided the same again, from the log alone."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from apps.imagery.events import CATEGORY, ImageComposed
from apps.imagery.tasks.errands import ACTOR
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.living import Living, events, run_jobs

Out = pytest.CaptureFixture[str]


pytestmark = pytest.mark.usefixtures("no_painter")


@pytest.fixture
def decided(patient: Living) -> Living:
    """A session in which two pictures were chosen, the second after other feelings."""
    patient.feels(-4, 30)
    run_jobs()
    patient.waits(seconds=60)
    patient.feels(4, 10)
    run_jobs()
    return patient


def note(patient: Living, event: ImageComposed) -> None:
    """Append a decision past the rules, which would not take a second one for a request that was answered."""
    stream = StreamName(CATEGORY, patient.session_id)
    store.append(
        stream, [event], expected=store.version_of(stream), actor=ACTOR, command_id=uuid4(), subject=patient.id
    )


def replayed(patient: Living, capsys: Out) -> dict[str, Any]:
    call_command("replay", str(patient.session_id), "--json")
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_a_sessions_decisions_are_made_the_same_again(decided: Living, capsys: Out) -> None:
    assert replayed(decided, capsys) == {"decisions": 2, "identical": 2, "differences": []}


def test_a_decision_of_another_engine_is_told_apart_and_explained(decided: Living, capsys: Out) -> None:
    first = events(decided, ImageComposed)[0]
    note(decided, replace(first, engine="cbt-rules-1", template="mindfulness.fear.gone", library="0" * 64))
    answer = replayed(decided, capsys)
    (found,) = answer["differences"]
    assert (answer["decisions"], answer["identical"]) == (3, 2)
    assert (found["recorded"], found["today"]) == ("mindfulness.fear.gone", first.template)
    assert found["fields"] == ["template"]
    assert "cbt-rules-1" in found["why"] and "library was 00000000" in found["why"]


def test_a_decision_that_its_record_does_not_bear_out_is_a_no(decided: Living, capsys: Out) -> None:
    first = events(decided, ImageComposed)[0]
    note(decided, replace(first, prompt="a crowded market"))
    with pytest.raises(CommandError) as no:
        call_command("replay", str(decided.session_id), "--json")
    assert no.value.returncode == 1
    (found,) = json.loads(capsys.readouterr().out)["differences"]
    assert found["fields"] == ["prompt"] and found["broken"] is True


@pytest.mark.parametrize("field", ["alt", "line"])
def test_what_is_said_beside_the_picture_is_compared_too_where_the_record_has_it(
    decided: Living, capsys: Out, field: str
) -> None:
    first = events(decided, ImageComposed)[0]
    assert first.alt and first.line
    note(decided, replace(first, alt=None, line=None))
    assert replayed(decided, capsys)["identical"] == 3
    note(decided, replace(first, **{field: "You are ill."}))
    with pytest.raises(CommandError):
        call_command("replay", str(decided.session_id), "--json")
    (found,) = json.loads(capsys.readouterr().out)["differences"]
    assert found["fields"] == [field] and found["broken"] is True


def test_neither_prompt_nor_reason_is_printed(decided: Living, capsys: Out) -> None:
    first = events(decided, ImageComposed)[0]
    note(decided, replace(first, engine="cbt-rules-1", template="mindfulness.fear.gone"))
    call_command("replay", str(decided.session_id))
    said = capsys.readouterr().out
    assert "mindfulness.fear.gone" in said
    assert first.prompt not in said and not any(reason in said for reason in first.reasons)


@pytest.mark.parametrize(("session", "status"), [("no-uuid", 2), (str(uuid4()), 1)])
def test_a_session_that_there_is_not_is_refused(session: str, status: int, fresh_db: str) -> None:
    with pytest.raises(CommandError) as no:
        call_command("replay", session)
    assert no.value.returncode == status
