"""`manage.py export_ratings`: what refits the limits, of those who agreed, and nothing that says whose it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.models import AccessRow
from apps.imagery.events import Score
from ml.safety import refit
from tests.apps.imagery.consenting import agree, decided
from tests.apps.imagery.showing import Showing, showing
from tests.apps.practice import Practice

Seal = Callable[[], None]

RATED: dict[str, Any] = {
    "scores": (
        Score(label="picture:sexual", value=0.12, refused_from=0.2),
        Score(label="quality:fit", value=0.8, refused_from=None),
    ),
}
SCORES: dict[str, Any] = RATED | {"technique": "mindfulness"}


@pytest.fixture
def ada(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def test_ratings_are_what_a_refit_reads_and_say_nothing_of_whose_they_are(
    practice: Practice, ada: Showing, seal_now: Seal, tmp_path: Path
) -> None:
    agree(practice.patient)
    decided(ada, 1, rating=1, **SCORES)
    decided(ada, 2, rating=-2, upset=True, **SCORES)
    decided(ada, 3, rating=2, fallback="late", **SCORES)  # a vetted scene: nothing here let it through
    seal_now()
    out = tmp_path / "ratings.jsonl"
    call_command("export_ratings", out=out)
    assert out.stat().st_mode & 0o077 == 0
    found = refit.read(out)
    assert sorted(one.withdrawn for one in found) == [False, True]
    assert all(one.scores == {"picture:sexual": (0.12, 0.2)} for one in found)
    text = out.read_text()
    assert "Rosalind" not in text
    assert str(practice.patient.id) not in text
    assert str(ada.session_id) not in text
    assert {tuple(sorted(json.loads(line))) for line in text.splitlines()} == {("scores", "technique", "withdrawn")}
    seal_now()
    assert AccessRow.objects.filter(patient_id=practice.patient.id, route="export_ratings").exists()


def test_a_picture_rated_badly_that_was_kept_says_nothing_of_pictures_taken_well(
    practice: Practice, ada: Showing, seal_now: Seal, tmp_path: Path
) -> None:
    agree(practice.patient)
    decided(ada, 1, rating=-2, technique="badly", **RATED)
    decided(ada, 2, rating=1, technique="well", **RATED)
    decided(ada, 3, rating=-2, later=0, technique="well in the end", **RATED)
    decided(ada, 4, rating=2, later=-1, technique="badly in the end", **RATED)
    decided(ada, 5, rating=-1, upset=True, technique="taken away", **RATED)
    seal_now()
    out = tmp_path / "ratings.jsonl"
    call_command("export_ratings", out=out)
    assert {(one.technique, one.withdrawn) for one in refit.read(out)} == {
        ("well", False), ("well in the end", False), ("taken away", True)
    }  # fmt: skip


def test_which_triggers_a_patient_named_is_not_told_and_the_nearest_one_counts(
    practice: Practice, ada: Showing, seal_now: Seal, tmp_path: Path
) -> None:
    agree(practice.patient)
    triggers = tuple(
        Score(label=f"picture:trigger:{name}", value=value, refused_from=0.5)
        for name, value in (("medical", 0.1), ("own_1", 0.4), ("water", 0.2))
    )
    decided(ada, 1, upset=True, technique="mindfulness", scores=(*RATED["scores"], *triggers))
    seal_now()
    out = tmp_path / "ratings.jsonl"
    call_command("export_ratings", out=out)
    [one] = refit.read(out)
    assert one.scores == {"picture:sexual": (0.12, 0.2), "picture:trigger:any": (0.4, 0.5)}
    assert {refit.name_of(label, one.technique) for label in one.scores} == {"sexual", "triggers"}


def test_who_agreed_to_no_research_is_not_read(practice: Practice, ada: Showing, seal_now: Seal) -> None:
    decided(ada, 1, **SCORES)
    seal_now()
    before = AccessRow.objects.count()
    with pytest.raises(CommandError, match="nothing to export"):
        call_command("export_ratings")
    seal_now()
    assert AccessRow.objects.count() == before
