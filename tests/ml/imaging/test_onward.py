"""A picture that goes on from another one begins as it: the same place, in other weather."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from diffusers import StableDiffusionPipeline

from ml.imaging.onward import picture_to_picture, steps_taken
from ml.imaging.order import Order
from ml.imaging.painter import MixedBatch, Painter
from ml.imaging.profiles import ProfileWrong, profile, profile_at
from ml.safety.verdict import SafePrompt
from tests.ml.imaging.tiny_pipelines import SIDE, save_tiny, tiny_pipeline

Safe = Callable[..., SafePrompt]
Picture = npt.NDArray[np.uint8]
STEPS, STRENGTH = 6, 0.5


@pytest.fixture(scope="module")
def shipped() -> Painter:
    return Painter.load()


def tiny(strength: float = STRENGTH) -> Painter:
    """A model of Stable Diffusion's own classes, that reads any text."""
    manners = replace(profile("custom"), size=SIDE, shown=SIDE, steps=STEPS, guidance=2.0, strength=strength)
    return Painter(tiny_pipeline(), manners, "tiny@00000000")


def stripes(side: int = 2 * SIDE) -> Picture:
    picture = np.zeros((side, side, 3), np.uint8)
    picture[:, side // 2 :] = 255
    return picture


def levels_apart(one: Picture, other: Picture) -> int:
    return int(np.abs(one.astype(int) - other).max())


def alike(one: Picture, other: Picture) -> float:
    """Correlation of where it is light and where dark."""
    return float(np.corrcoef(one.mean(axis=2).ravel(), other.mean(axis=2).ravel())[0, 1])


def test_the_place_stays_and_the_weather_is_another(shipped: Painter, safe: Safe) -> None:
    nearer = 0
    for number, place in enumerate(("a forest", "a meadow", "a garden")):
        before = shipped.draw(safe(f"{place} at dawn in the rain, gouache"), seed=number).pixels
        clearer, seed = safe(f"{place} at dawn under a clear sky, gouache"), 10 + number
        onward = shipped.draw_many([Order(clearer, seed, start=before)])[0]
        anew = shipped.draw(clearer, seed=seed)
        assert (onward.strength, anew.strength) == (shipped.profile.strength, 1.0)
        assert onward.asked == anew.asked != ""
        assert levels_apart(onward.pixels, before) > 20, "the same picture again"
        nearer += alike(onward.pixels, before) > alike(anew.pixels, before)
    assert nearer == 3


def test_only_the_steps_that_are_taken_are_told_and_in_company_nothing_changes(safe: Safe) -> None:
    painter, told = tiny(), list[tuple[int, int]]()
    orders = [Order(safe(words), seed, start=stripes()) for seed, words in enumerate(("a lake", "a forest", "the sea"))]
    together = painter.draw_many(orders, on_step=lambda step, steps: told.append((step, steps)))
    assert told == [(1, 3), (2, 3), (3, 3)] * 2  # a batch of two and one of one
    for order, drawn in zip(orders, together, strict=True):
        assert levels_apart(painter.draw_many([order])[0].pixels, drawn.pixels) <= 1
        assert (drawn.steps, drawn.strength) == (STEPS, STRENGTH)


def test_the_less_is_painted_anew_the_more_of_it_stays(
    shipped: Painter, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, stays = shipped.draw(safe("a forest at dawn in the rain"), seed=1).pixels, list[float]()
    for strength in (0.2, 0.9):
        monkeypatch.setattr(shipped, "profile", replace(shipped.profile, strength=strength))
        order = Order(safe("a forest at dawn under a clear sky"), 2, start=before)
        stays.append(alike(shipped.draw_many([order])[0].pixels, before))
    assert stays[0] > stays[1]


def test_a_picture_from_noise_is_what_it_was_after_one_that_was_not(safe: Safe) -> None:
    painter, prompt = tiny(), safe("a lake")
    first = painter.draw(prompt, seed=1).pixels
    painter.draw_many([Order(prompt, 1, start=stripes())])
    assert np.array_equal(painter.draw(prompt, seed=1).pixels, first)


def test_pictures_that_begin_otherwise_are_not_of_one_batch(safe: Safe) -> None:
    prompt = safe("a lake")
    with pytest.raises(MixedBatch, match="how they begin"):
        tiny().draw_many([Order(prompt, 1), Order(prompt, 2, start=stripes())])


@pytest.mark.parametrize(("strength", "steps"), [(0.0, None), (STRENGTH, 1)])
def test_a_model_without_a_strength_or_without_a_step_to_take_begins_from_noise(
    safe: Safe, strength: float, steps: int | None
) -> None:
    painter, prompt = tiny(strength), safe("a lake")
    [drawn] = painter.draw_many([Order(prompt, 1, steps=steps, start=stripes())])
    assert drawn.strength == 1.0
    assert np.array_equal(drawn.pixels, painter.draw(prompt, seed=1, steps=steps).pixels)


class Foreign(StableDiffusionPipeline):
    """A class that diffusers knows no image-to-image pipeline of."""


def test_a_pipeline_without_such_a_sister_begins_from_noise(safe: Safe) -> None:
    pipeline = tiny_pipeline()
    foreign = Foreign(**pipeline.components, requires_safety_checker=False)
    assert picture_to_picture(foreign) is None
    painter = Painter(foreign, tiny().profile, "foreign@00000000")
    assert painter.draw_many([Order(safe("a lake"), 1, start=stripes())])[0].strength == 1.0


def test_a_folder_may_say_its_strength_and_nonsense_is_refused(tmp_path: Path) -> None:
    folder = save_tiny(tmp_path)
    (folder / "attune.toml").write_text("strength = 0.7\n")
    assert profile_at("custom", folder).strength == 0.7
    (folder / "attune.toml").write_text("strength = 1.5\n")
    with pytest.raises(ProfileWrong, match=r"strength = 1\.5 is not a number from 0 to 0\.95"):
        profile_at("custom", folder)


@pytest.mark.parametrize(("steps", "strength", "taken"), [(12, 0.5, 6), (25, 0.6, 15), (2, 0.4, 0), (4, 1.0, 4)])
def test_steps_are_counted_as_diffusers_counts_them(steps: int, strength: float, taken: int) -> None:
    assert steps_taken(steps, strength) == taken
