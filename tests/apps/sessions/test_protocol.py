"""What comes in over the socket: either a frame or message, or a close code of the contract; never anything else."""

import json
import struct
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.sessions import fields
from apps.sessions.protocol import (
    MALFORMED,
    MOST_TEXT,
    TOO_LARGE,
    Closing,
    pack_frame,
    parse_after,
    parse_frame,
    parse_message,
)
from apps.sessions.socket import SocketRefusal
from ml.faces.jpeg_header import MOST_BYTES


def jpeg_claiming(width: int, height: int, *, before: bytes = b"") -> bytes:
    """A start marker, segments, and a frame header that claims a size."""
    return b"\xff\xd8" + before + b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"


SMALL = jpeg_claiming(320, 240)


@given(st.binary(max_size=400))
@example(b"")
@example(b"\x00" * 8)
@example(pack_frame(1, 0, b"\xff\xd8\xff\xff\xff"))
@example(pack_frame(1, 0, b"\xff\xd8\xff\xe0\x00\x00"))
@example(pack_frame(1, 0, SMALL[:-6]))
def test_any_bytes_are_a_frame_or_close_the_socket(data: bytes) -> None:
    try:
        frame = parse_frame(data)
    except Closing as closing:
        assert closing.code in (MALFORMED, TOO_LARGE)
    else:
        assert pack_frame(frame.sequence, frame.at_ms, frame.jpeg) == data


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(1, 1280), st.integers(1, 720))
def test_a_frame_keeps_its_number_time_and_size(sequence: int, at_ms: int, width: int, height: int) -> None:
    padded = jpeg_claiming(width, height, before=b"\xff\xff\xfe\x00\x04ab")
    frame = parse_frame(pack_frame(sequence, at_ms, padded))
    assert (frame.sequence, frame.at_ms, frame.width, frame.height) == (sequence, at_ms, width, height)


@pytest.mark.parametrize("size", [(65500, 65500), (1281, 720), (1280, 721)])
def test_a_claim_of_too_many_pixels_is_too_large(size: tuple[int, int]) -> None:
    with pytest.raises(Closing) as caught:
        parse_frame(pack_frame(1, 0, jpeg_claiming(*size)))
    assert caught.value.code == TOO_LARGE


def test_too_many_bytes_are_too_large_whatever_they_are() -> None:
    with pytest.raises(Closing) as caught:
        parse_frame(pack_frame(1, 0, SMALL + bytes(MOST_BYTES)))
    assert caught.value.code == TOO_LARGE


def test_a_text_file_is_no_frame() -> None:
    with pytest.raises(Closing) as caught:
        parse_frame(pack_frame(1, 0, b"To whom it may concern"))
    assert caught.value.code == MALFORMED


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.text(max_size=300) | _json.map(json.dumps))
@example("[" * 8000)
@example('{"type": "mood", "id": 7}')
@example('{"type": null, "id": "x"}')
def test_any_text_is_a_message_or_malformed(text: str) -> None:
    try:
        parse_message(text)
    except Closing as closing:
        assert closing.code == MALFORMED


@given(st.dictionaries(st.text(max_size=8).filter(lambda name: name not in ("type", "id")), _json, max_size=4))
def test_a_message_keeps_its_body(body: dict[str, object]) -> None:
    identity = uuid4()
    message = parse_message(json.dumps({"type": "mood", "id": str(identity), **body}))
    assert (message.kind, message.id) == ("mood", identity)
    assert json.dumps(message.body) == json.dumps(body)


def test_a_long_text_is_too_large() -> None:
    with pytest.raises(Closing) as caught:
        parse_message(json.dumps({"type": "mood", "id": str(uuid4()), "text": "é" * MOST_TEXT}))
    assert caught.value.code == TOO_LARGE


@pytest.mark.parametrize(("query", "after"), [(b"", None), (b"after=", None), (b"after=12", 12), (b"x=1&after=0", 0)])
def test_after_is_read_from_the_query(query: bytes, after: int | None) -> None:
    assert parse_after(query) == after


@pytest.mark.parametrize("query", [b"after=-1", b"after=x", b"after=1e3", b"after=" + b"9" * 19, "after=²".encode()])
def test_a_senseless_after_is_malformed(query: bytes) -> None:
    with pytest.raises(Closing):
        parse_after(query)


@given(_json)
def test_any_value_of_a_field_is_valid_or_refused_by_name(value: object) -> None:
    body = {"valence": value}
    for read in (
        lambda: fields.whole(body, "valence", -5, 5),
        lambda: fields.text(body, "valence", 2000).encode(),
        lambda: fields.one_of(body, "valence", ("a", "b")),
        lambda: fields.identity(body, "valence"),
    ):
        try:
            read()
        except SocketRefusal as refusal:
            assert refusal.code == fields.INVALID
            assert "valence" in refusal.detail


@pytest.mark.parametrize("value", [True, 1.0, "3", 6, -6, None])
def test_only_a_whole_number_in_range_is_one(value: object) -> None:
    with pytest.raises(SocketRefusal):
        fields.whole({"valence": value}, "valence", -5, 5)


@pytest.mark.parametrize("value", ["\ud800", "a\x00b", "x" * 11])
def test_text_that_cannot_be_kept_is_refused(value: str) -> None:
    with pytest.raises(SocketRefusal):
        fields.text({"note": value}, "note", 10)
