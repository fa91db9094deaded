"""Two pictures are one when a person would say so; groups are held out whole, and by their names alone."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from ml.imaging.finetune.likeness import Pixels, Seen, looks_of
from ml.imaging.finetune.split import NothingToHoldOut, held_out_groups
from ml.scenes.render import render
from ml.scenes.spec import KINDS, SceneSpec

SCENES = {kind: render(SceneSpec(kind, "golden", seed=11), 96, 96) for kind in KINDS}


def pressed(pixels: Pixels) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=40)
    return np.asarray(Image.open(file))


EDITS = {
    "pressed": pressed,
    "halved": lambda pixels: np.asarray(Image.fromarray(pixels).resize((48, 48))),
    "brighter": lambda pixels: np.asarray(ImageEnhance.Brightness(Image.fromarray(pixels)).enhance(1.08)),
    "mirrored": lambda pixels: np.ascontiguousarray(pixels[:, ::-1]),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_known_by_its_original(edit: str) -> None:
    seen = Seen()
    for kind, pixels in SCENES.items():
        seen.add(kind, looks_of(pixels))
    for kind, pixels in SCENES.items():
        looks = looks_of(EDITS[edit](pixels))
        assert seen.same_to_the_eye(looks) == kind
        assert seen.same_pixels(looks) is None


def test_other_scenes_and_other_colours_are_other_pictures() -> None:
    seen = Seen()
    for kind, pixels in SCENES.items():
        assert seen.same_to_the_eye(looks_of(pixels)) is None
        seen.add(kind, looks_of(pixels))
    for kind in ("sea", "forest", "town"):
        other = SceneSpec(kind, "golden", seed=12)
        assert seen.same_to_the_eye(looks_of(render(other, 96, 96))) is None
        cool = replace(other, seed=11, time="night", palette="cool")
        assert seen.same_to_the_eye(looks_of(render(cool, 96, 96))) is None


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=40), st.floats(0.01, 0.9), st.integers(0, 99))
def test_groups_are_held_out_whole_enough_and_never_all(groups: list[str], share: float, seed: int) -> None:
    if len(set(groups)) < 2:
        with pytest.raises(NothingToHoldOut):
            held_out_groups(groups, share, seed)
        return
    held = held_out_groups(groups, share, seed)
    assert held
    assert held < set(groups)
    count = sum(group in held for group in groups)
    assert count >= share * len(groups) or len(held) == len(set(groups)) - 1
    assert held == held_out_groups(sorted(groups), share, seed)
