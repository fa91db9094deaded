"""The words behind many alerts are read together: as many queries as for one."""

from uuid import uuid4

import pytest

from apps.exercises import commands as exercises
from apps.providers.raised import raised
from eventstore import wire
from tests.apps.imagery.living import Seal
from tests.apps.imagery.showing import showing
from tests.apps.practice import Practice
from tests.apps.providers.test_notes import BLEAK, alerts, read, writes


def queries(practice: Practice, monkeypatch: pytest.MonkeyPatch, ask) -> tuple[int, int]:
    """How many queries the log and the rows were asked."""
    permit, found = practice.chart(), alerts(practice)
    asked: list[str] = []
    fetchall = wire.fetchall

    def counted(query, parameters):
        asked.append(query)
        return fetchall(query, parameters)

    with monkeypatch.context() as patched, ask as rows:
        patched.setattr(wire, "fetchall", counted)
        told = raised(permit, found)
    assert all(BLEAK in one.texts[-1] for one in told)
    assert len(told) == len(found)
    return len(asked), len(rows)


def test_many_alerts_ask_as_often_as_one(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries
) -> None:
    def asked() -> tuple[int, int]:
        return queries(practice, monkeypatch, django_assert_max_num_queries(1))

    for _ in range(3):
        session = showing(practice.patient.id, practice.patient.actor)
        picture = session.show()
        seal_now()
        session.rate(picture, -1, note=BLEAK)
        writes(practice, BLEAK)
        exercise = exercises.begin(practice.own(), "thought_record", command_id=uuid4())
        exercises.save(practice.own(), exercise, {"thought": BLEAK}, seen=9, command_id=uuid4())
        read(seal_now)
        assert asked() == (1, 1)
    assert len(alerts(practice)) == 9
