"""Equal names give equal pixels; another size shows the same place; nothing comes out blank."""

from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from ml.scenes.render import render
from ml.scenes.spec import KINDS, PALETTES, SEASONS, STYLES, TIMES, WEATHERS, SceneSpec, lawful

Pixels = npt.NDArray[np.uint8]


def shrunk(pixels: Pixels, side: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BOX))


def likeness(one: Pixels, other: Pixels) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("kind", KINDS)
def test_equal_specs_give_equal_bytes(kind: str) -> None:
    spec = lawful(SceneSpec(kind, "dusk", "cloudy", "autumn", "warm", "watercolour", 11))
    first = render(spec, 64, 64)
    render(SceneSpec("town", "night", seed=1), 48, 48)
    assert np.array_equal(first, render(replace(spec), 64, 64))
    assert not np.array_equal(first, render(replace(spec, seed=12), 64, 64))


@pytest.mark.parametrize("kind", KINDS)
def test_another_size_shows_the_same_place(kind: str) -> None:
    for number, style in enumerate(STYLES):
        spec = lawful(SceneSpec(kind, "golden", WEATHERS[number], style=style, seed=number))
        small, large = render(spec, 64, 64), shrunk(render(spec, 160, 160), 64)
        # A stroke of rain is never thinner than a pixel shows, so a small picture holds a little more of it.
        assert likeness(small, large) > (0.88 if spec.weather == "rain" else 0.9), spec
        assert likeness(small, shrunk(render(replace(spec, seed=77), 160, 160), 64)) < likeness(small, large), spec


@pytest.mark.parametrize("kind", KINDS)
def test_no_hour_or_weather_comes_out_blank(kind: str) -> None:
    for time, weather in product(TIMES, ("clear", "misty", "rain", "snow")):
        spec = lawful(SceneSpec(kind, time, weather, seed=2))
        pixels = render(spec, 64, 64)
        assert pixels.shape == (64, 64, 3), spec
        assert pixels.dtype == np.uint8, spec
        assert pixels.std() > 8, spec
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 200, spec
        assert 15 < pixels.mean() < 245, spec


def test_every_word_changes_the_picture() -> None:
    plain = SceneSpec("meadow", seed=4)
    others = [replace(plain, time=word) for word in TIMES if word != plain.time]
    others += [replace(plain, weather=word) for word in WEATHERS if word != plain.weather]
    others += [replace(plain, season=word) for word in SEASONS if word != plain.season]
    others += [replace(plain, palette=word) for word in PALETTES if word != plain.palette]
    others += [replace(plain, style=word) for word in STYLES if word != plain.style]
    base = render(plain, 64, 64).astype(int)
    for spec in others:
        assert np.abs(render(spec, 64, 64) - base).mean() > 1.5, spec


def test_night_is_darker_than_day() -> None:
    for kind in KINDS:
        if kind != "night_sky":
            night, day = (render(SceneSpec(kind, time, seed=8), 64, 64) for time in ("night", "day"))
            assert night.mean() < day.mean() - 20, kind


def test_cool_colours_are_bluer_than_warm_ones() -> None:
    for kind in KINDS:
        spec = lawful(SceneSpec(kind, "day", seed=8))
        warm, cool = (render(replace(spec, palette=palette), 64, 64).mean(axis=(0, 1)) for palette in ("warm", "cool"))
        assert cool[2] - cool[0] > warm[2] - warm[0] + 10, kind


@pytest.mark.parametrize(("width", "height"), [(96, 64), (128, 64), (40, 64), (65, 33)])
def test_any_shape_up_to_twice_as_wide_as_high(width: int, height: int) -> None:
    for kind in KINDS:
        assert render(lawful(SceneSpec(kind, "dawn", "rain", seed=1)), width, height).shape == (height, width, 3)
