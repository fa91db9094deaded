"""Safety is a type: nobody but ml.safety makes a SafePrompt or a SafeImage."""

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from ml.safety.image import screen_image
from ml.safety.text import screen_text
from ml.safety.verdict import SafeImage, SafePrompt, passed
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec

PERMIT = passed("all", "by hand")


def a_safe_prompt() -> SafePrompt:
    prompt = screen_text("a lake at dawn in mist, watercolour", "blurry")
    assert isinstance(prompt, SafePrompt)
    return prompt


def test_a_safe_prompt_is_not_made_by_hand() -> None:
    with pytest.raises(TypeError):
        SafePrompt("anything", "", PERMIT, mint=object())
    with pytest.raises(TypeError):
        replace(a_safe_prompt(), text="a knife")
    with pytest.raises(FrozenInstanceError):
        a_safe_prompt().text = "a knife"  # type: ignore[misc]  # the point of the test


def test_a_safe_image_is_not_made_by_hand() -> None:
    with pytest.raises(TypeError):
        SafeImage(np.zeros((64, 64, 3), np.uint8), PERMIT, mint=None)


def test_the_picture_shown_is_the_picture_judged() -> None:
    pixels = render(SceneSpec("lake", seed=4), 96, 96)
    image = screen_image(pixels)
    assert isinstance(image, SafeImage)
    pixels[:] = 0
    assert image.pixels.max() > 0
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1


def test_a_safe_prompt_travels_to_a_child_process() -> None:
    prompt = a_safe_prompt()
    assert pickle.loads(pickle.dumps(prompt)) == prompt == copy.deepcopy(prompt)  # noqa: S301 -- our own bytes
