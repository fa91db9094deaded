"""A session's memory survives the journey between workers; anything else is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.emotion.packing import Memory, StaleState, fresh, pack, unpack
from ml.faces.geometry import Box
from ml.faces.tracker import Track

NAME = b"12345678"
MEMORY = Memory(
    Track(Box(1.5, -2, 30, 40), since_search=3, lost=1),
    np.linspace(-1, 1, 6, dtype=np.float32),
    np.linspace(-3, 3, 6, dtype=np.float32),
)


def test_what_is_packed_comes_back() -> None:
    back = unpack(pack(MEMORY, NAME), NAME, 6)
    assert back.track == MEMORY.track
    np.testing.assert_allclose(back.hidden, MEMORY.hidden, atol=1e-3)
    np.testing.assert_allclose(back.cell, MEMORY.cell, atol=2e-3)


def test_before_the_first_face_there_is_no_track() -> None:
    assert unpack(pack(fresh(6), NAME), NAME, 6).track is None


def test_it_is_small() -> None:
    assert len(pack(fresh(64), NAME)) <= 300


@pytest.mark.parametrize(("name", "size"), [(b"87654321", 6), (NAME, 7)])
def test_other_weights_start_afresh(name: bytes, size: int) -> None:
    with pytest.raises(StaleState):
        unpack(pack(MEMORY, NAME), name, size)


@pytest.mark.parametrize("width", [math.nan, math.inf, -5.0, 0.0, 1e9])
def test_impossible_boxes_are_refused(width: float) -> None:
    hostile = pack(Memory(Track(Box(0, 0, width, 40)), MEMORY.hidden, MEMORY.cell), NAME)
    with pytest.raises(StaleState):
        unpack(hostile, NAME, 6)


@given(st.binary(max_size=120) | st.binary(min_size=52, max_size=52).map(lambda tail: pack(MEMORY, NAME)[:9] + tail))
def test_hostile_bytes_are_refused_or_finite(data: bytes) -> None:
    try:
        memory = unpack(data, NAME, 6)
    except StaleState:
        return
    assert np.isfinite(memory.hidden).all()
    assert np.isfinite(memory.cell).all()
