"""What upset a patient is asked for with each picture that is fetched: in two queries, however much did."""

from collections.abc import Callable

import pytest

from apps.imagery.upsetting import upset_kinds
from eventstore import wire
from tests.apps.imagery.showing import showing
from tests.apps.practice import Practice

Upset = Callable[[str], None]


@pytest.fixture
def upset(practice: Practice) -> Upset:
    """In a session of its own, beside a picture that was none."""

    def do(kind: str) -> None:
        session = showing(practice.patient.id, practice.patient.actor)
        session.show(kind="meadow")
        session.upset(session.show(kind=kind))

    return do


def rows_read(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each query of the log gave."""
    found: list[int] = []
    fetchall = wire.fetchall

    def counted(query, parameters):
        rows = fetchall(query, parameters)
        found.append(len(rows))
        return rows

    with monkeypatch.context() as patched:
        patched.setattr(wire, "fetchall", counted)
        upset_kinds(practice.patient.id)
    return found


def test_two_queries_tell_what_upset_a_patient_in_however_many_sessions(
    practice: Practice, upset: Upset, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rows_read(practice, monkeypatch) == [0]
    for kind in ("lake", "sea", "forest"):
        upset(kind)
    assert upset_kinds(practice.patient.id) == {"lake", "sea", "forest"}
    assert rows_read(practice, monkeypatch) == [3, 6]
