"""Of several pictures of a prompt the best is shown; the painter paints only one where somebody else waits."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from apps.imagery.events import ImageComposed, ImageShown
from apps.imagery.tasks import several
from apps.imagery.tasks.several import Found
from ml.imaging.probe.pictures import renders
from ml.scenes.spec import SceneSpec
from tests.apps.imagery.living import Living, events, run_jobs

ASKED = "the sea at dawn under a clear sky"
Pixels = npt.NDArray[np.uint8]


class Failed(Exception):
    """The painter gave none."""


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    """A town, the sea that is asked for, a lake."""
    return list(renders([SceneSpec("town", "night", seed=1), SceneSpec("sea", "dawn", seed=3), SceneSpec("lake")]))


def best(pictures: list[Pixels | str], *, others_wait: bool = False) -> Found[Pixels, str]:
    """Paint these one by one; a word stands for a refusal, "broken" for a painter that fails."""

    def paint(number: int) -> tuple[Pixels | None, str | None]:
        one = pictures[number]
        if isinstance(one, str):
            if one == "broken":
                raise Failed
            return None, one
        return one, None

    return several.best(paint, lambda picture: (picture, ASKED), lambda: others_wait, Failed)


def test_what_fits_the_prompt_is_shown_with_its_scores(pictures: list[Pixels], settings: Any) -> None:
    settings.ATTUNE_PAINTER_BEST_MS = 600_000
    town, sea, lake = pictures
    found = best([town, "nude", sea, lake])
    assert found.best is sea
    assert found.refused == ["nude"]
    assert set(found.scores) == {"fit", "aesthetic", "painted"}
    assert found.scores["fit"] > 0.5


def test_who_waits_elsewhere_comes_before_choosing(pictures: list[Pixels], settings: Any) -> None:
    settings.ATTUNE_PAINTER_BEST_MS = 600_000
    town, sea, _ = pictures
    found = best([town, sea], others_wait=True)
    assert found.best is town
    assert found.scores["painted"] == 1


def test_a_painter_that_fails_at_the_second_leaves_the_first(pictures: list[Pixels], settings: Any) -> None:
    settings.ATTUNE_PAINTER_BEST_MS = 600_000
    town, sea, _ = pictures
    assert best([town, "broken", sea]).best is town
    with pytest.raises(Failed):
        best(["broken", sea])


def test_no_time_to_choose_shows_the_first(pictures: list[Pixels], settings: Any) -> None:
    settings.ATTUNE_PAINTER_BEST_MS = 0
    town, sea, _ = pictures
    assert best([town, sea]).best is town
    assert best(["nude", sea]).best is None


def test_the_log_says_how_the_chosen_picture_scored_and_by_which_seed(patient: Living, settings: Any) -> None:
    settings.ATTUNE_PAINTER_BEST_MS = 600_000
    patient.feels(-4)
    run_jobs()
    (shown,) = events(patient, ImageShown)
    composed = events(patient, ImageComposed)[-1]
    assert shown.fallback in ("", "refused")  # the nudity classifier is wrong about some
    if not shown.fallback:
        quality = {score.label: score.value for score in shown.scores if score.label.startswith("quality:")}
        assert set(quality) == {"quality:fit", "quality:aesthetic", "quality:painted"}
        assert 1 <= quality["quality:painted"] <= several.MOST
        assert (shown.seed - composed.seed) % 2**31 < quality["quality:painted"]
