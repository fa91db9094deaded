"""A session's memory survives the journey between workers; anything else is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.emotion.packing import Memory, StaleState, fresh, pack, unpack
from ml.faces.geometry import Box
from ml.faces.likeness.basis import KEPT
from ml.faces.likeness.known import MOST_LOOKS, Known
from ml.faces.scene import SCENE_BYTES
from ml.faces.tracker import Track

NAME = b"12345678"
COUNT = 19
KNOWN = Known((bytes(range(KEPT)), bytes(range(200, 200 + KEPT))), met=9, doubts=2, is_another=True, has_arrived=True)
MEMORY = Memory(
    Track(Box(1.5, -2, 30, 40), since_search=3, lost=1, known=KNOWN, scene=bytes(range(SCENE_BYTES)), shape=(427, 320)),
    np.linspace(-3, 3, COUNT, dtype=np.float32),
)


def test_what_is_packed_comes_back() -> None:
    back = unpack(pack(MEMORY, NAME), NAME, COUNT)
    assert back.track == MEMORY.track
    np.testing.assert_allclose(back.followed, MEMORY.followed, atol=2e-3)


def test_before_the_first_face_there_is_no_track() -> None:
    assert unpack(pack(fresh(COUNT), NAME), NAME, COUNT).track is None


def test_it_is_small() -> None:
    assert len(pack(fresh(135), NAME)) <= 450
    looks = MOST_LOOKS * KEPT + SCENE_BYTES
    assert looks <= 150


def test_before_a_face_was_looked_at_nothing_is_known_of_it() -> None:
    track = Track(Box(1, 2, 30, 40), scene=bytes(SCENE_BYTES))
    assert unpack(pack(Memory(track, MEMORY.followed), NAME), NAME, COUNT).track == track


@pytest.mark.parametrize(
    "known",
    [
        Known(tuple(bytes(KEPT) for _ in range(MOST_LOOKS + 1))),
        Known((bytes(KEPT),), met=0),
        Known((bytes(KEPT),), doubts=200),
    ],
)
def test_impossible_knowledge_is_refused(known: Known) -> None:
    packed = pack(Memory(Track(Box(0, 0, 30, 40), known=known), MEMORY.followed), NAME)
    with pytest.raises(StaleState):
        unpack(packed[: len(pack(MEMORY, NAME))], NAME, COUNT)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_memory_of_an_older_version_starts_afresh(version: int) -> None:
    """The third's box, for one, is in pixels of the picture rather than of the small copy."""
    with pytest.raises(StaleState):
        unpack(bytes([version]) + pack(MEMORY, NAME)[1:], NAME, COUNT)


@pytest.mark.parametrize(("name", "count"), [(b"87654321", COUNT), (NAME, COUNT + 1)])
def test_other_weights_start_afresh(name: bytes, count: int) -> None:
    with pytest.raises(StaleState):
        unpack(pack(MEMORY, NAME), name, count)


@pytest.mark.parametrize("width", [math.nan, math.inf, -5.0, 0.0, 1e9])
def test_impossible_boxes_are_refused(width: float) -> None:
    hostile = pack(Memory(Track(Box(0, 0, width, 40)), MEMORY.followed), NAME)
    with pytest.raises(StaleState):
        unpack(hostile, NAME, COUNT)


TAIL = len(pack(MEMORY, NAME)) - 9


@given(
    st.binary(max_size=300) | st.binary(min_size=TAIL, max_size=TAIL).map(lambda tail: pack(MEMORY, NAME)[:9] + tail)
)
def test_hostile_bytes_are_refused_or_finite(data: bytes) -> None:
    try:
        memory = unpack(data, NAME, COUNT)
    except StaleState:
        return
    assert np.isfinite(memory.followed).all()
