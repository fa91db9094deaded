"""The painter draws only what was judged, the same for the same seed, and stops when it is told to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.imaging.loading import load_pipeline
from ml.imaging.painter import Painter
from ml.imaging.profiles import profile
from ml.safety.text import screen_text
from ml.safety.verdict import Refusal, SafePrompt

pytestmark = pytest.mark.filterwarnings(
    # diffusers' scheduler hands a tensor to numpy the old way
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

Safe = Callable[..., SafePrompt]
STEPS = 3


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_a_prompt_that_nobody_judged_is_not_drawn(painter: Painter) -> None:
    steps: list[int] = []
    refusal = screen_text("a bloody knife")
    assert isinstance(refusal, Refusal)
    for unjudged in ("a calm lake", refusal, None):
        with pytest.raises(TypeError, match="SafePrompt"):
            painter.draw(unjudged, seed=1, on_step=lambda done, _: steps.append(done))  # type: ignore[arg-type]
    assert steps == []


def test_the_same_prompt_and_seed_give_the_same_pixels_and_another_seed_others(painter: Painter, safe: Safe) -> None:
    prompt = safe("a calm lake at dawn")
    one, same, other = (painter.draw(prompt, seed=seed, steps=STEPS).pixels for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert difference(one, other) > 3


def test_a_reloaded_painter_draws_the_same(painter: Painter, trained: Path, safe: Safe) -> None:
    again = Painter.load(folder=trained / "pipeline", unseen=())
    prompt = safe("a forest in mist")
    assert again.model == painter.model
    assert np.array_equal(again.draw(prompt, seed=4, steps=2).pixels, painter.draw(prompt, seed=4, steps=2).pixels)


def test_a_drawing_says_how_it_was_made(painter: Painter, safe: Safe) -> None:
    drawn = painter.draw(safe("watercolour of a lake with a giraffe, at dawn"), seed=5)
    assert drawn.pixels.shape == (512, 512, 3)
    assert drawn.pixels.dtype == np.uint8
    assert (drawn.seed, drawn.steps, drawn.guidance) == (5, 12, 3.5)
    assert (drawn.asked, drawn.unread) == ("a lake at dawn, watercolour", ("giraffe",))
    assert drawn.alt == "A still lake with mountains mirrored in it at dawn, under a clear sky, in watercolour."
    assert drawn.model == painter.model
    assert drawn.model.startswith("painter@")
    assert drawn.ms > 0


def test_a_drawing_says_which_words_were_read_as_others(painter: Painter, safe: Safe) -> None:
    near = (("yacht", "sailboat"), ("cornflowers", "wildflowers"))
    drawn = painter.draw(safe("a yacht at dawn, cornflowers, a giraffe"), seed=5, steps=STEPS, nearby=near)
    assert (drawn.asked, drawn.unread, drawn.read_as) == ("the sea at dawn", ("cornflowers", "giraffe"), near[:1])
    assert drawn.alt is not None and drawn.alt.startswith("A quiet sea")


def test_every_step_is_told(painter: Painter, safe: Safe) -> None:
    told: list[tuple[int, int]] = []
    painter.draw(safe("a garden"), seed=1, steps=5, on_step=lambda *step: told.append(step))
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_what_a_step_raises_stops_the_drawing_and_the_next_is_none_the_worse(painter: Painter, safe: Safe) -> None:
    class SessionClosed(Exception):
        pass

    told: list[int] = []

    def stop(done: int, _: int) -> None:
        told.append(done)
        if done == 2:
            raise SessionClosed

    prompt = safe("a path to the hills")
    before = painter.draw(prompt, seed=6, steps=4).pixels
    with pytest.raises(SessionClosed):
        painter.draw(prompt, seed=6, steps=4, on_step=stop)
    assert told == [1, 2]
    assert np.array_equal(painter.draw(prompt, seed=6, steps=4).pixels, before)


def test_words_guidance_and_what_to_stay_away_from_change_the_picture(painter: Painter, safe: Safe) -> None:
    plain = painter.draw(safe("a lake"), seed=7, steps=STEPS).pixels
    for prompt, guidance in ((safe("a town at night"), 3.5), (safe("a lake"), 1.0), (safe("a lake", "rain"), 3.5)):
        other = painter.draw(prompt, seed=7, steps=STEPS, guidance=guidance).pixels
        assert not np.array_equal(other, plain), prompt


def test_the_painter_is_not_kept_from_what_it_was_asked_for(painter: Painter, safe: Safe) -> None:
    wanted = painter.draw(safe("a lake in gentle rain"), seed=7, steps=STEPS).pixels
    for negative in ("rain", "blurry", "rain, blurry, a lake"):
        drawn = painter.draw(safe("a lake in gentle rain", negative), seed=7, steps=STEPS)
        assert np.array_equal(drawn.pixels, wanted), negative


def test_a_model_that_reads_any_text_is_asked_in_the_prompts_own_words(trained: Path, safe: Safe) -> None:
    reads = replace(profile("embedded"), name="reader", reads="text", size=64, shown=96)
    pipeline, name = load_pipeline(reads, trained / "pipeline", "cpu")
    drawn = Painter(pipeline, reads, name).draw(safe("a lake with a giraffe", "blurry"), seed=1, steps=2)
    assert (drawn.asked, drawn.unread, drawn.alt) == ("a lake with a giraffe", (), None)
    assert drawn.pixels.shape == (96, 96, 3)


def test_the_painter_that_ships_draws_the_same_for_the_same_seed(safe: Safe) -> None:
    shipped, prompt = Painter.load(), safe("a calm meadow in golden light")
    one, same, other = (shipped.draw(prompt, seed=seed, steps=4).pixels for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert difference(one, other) > 4
