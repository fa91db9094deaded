"""The envelope, its context and its padding: properties, without a database."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault import aad, envelope
from vault.envelope import DataKey
from vault.errors import Tampered

PARTS = st.one_of(st.none(), st.binary(max_size=20), st.text(max_size=10), st.integers(-(2**63), 2**63 - 1), st.uuids())
KEY = DataKey.of(UUID(int=1), UUID(int=2), 1, bytes(range(32)))
OTHER = DataKey.of(UUID(int=1), UUID(int=2), 1, bytes(range(1, 33)))


@given(st.lists(PARTS, max_size=6), st.lists(PARTS, max_size=6))
def test_no_two_contexts_share_their_bytes(first: list[aad.Part], second: list[aad.Part]) -> None:
    assert (aad.encode(*first) == aad.encode(*second)) == (first == second)


def test_the_contexts_bytes_are_frozen() -> None:
    encoded = aad.encode("a", 1, UUID(int=3), None, b"\xff")
    assert encoded.hex() == (
        "00000005730000000161690000000800000000000000017500000010" + "00" * 15 + "036e000000006200000001ff"
    )


@given(st.binary(max_size=200), st.lists(PARTS, min_size=1, max_size=4))
def test_what_was_sealed_opens_in_its_place(plaintext: bytes, place: list[aad.Part]) -> None:
    sealed = envelope.seal(KEY, plaintext, aad.encode(*place))
    assert envelope.open_envelope(KEY, sealed, aad.encode(*place)) == plaintext


@given(st.lists(PARTS, max_size=4), st.lists(PARTS, max_size=4))
def test_it_opens_in_no_other_place(sealed_at: list[aad.Part], opened_at: list[aad.Part]) -> None:
    if sealed_at == opened_at:
        return
    sealed = envelope.seal(KEY, b"anger", aad.encode(*sealed_at))
    with pytest.raises(Tampered):
        envelope.open_envelope(KEY, sealed, aad.encode(*opened_at))


@given(st.integers(min_value=0), st.integers(0, 7))
def test_a_changed_bit_anywhere_is_refused(where: int, bit: int) -> None:
    sealed = bytearray(envelope.seal(KEY, b"anger", b"place"))
    sealed[where % len(sealed)] ^= 1 << bit
    with pytest.raises(Tampered):
        envelope.open_envelope(KEY, bytes(sealed), b"place")


def test_an_envelope_commits_to_its_key() -> None:
    sealed = envelope.seal(KEY, b"anger", b"place")
    with pytest.raises(Tampered, match="commits to another key"):
        envelope.open_envelope(OTHER, sealed, b"place")


@given(st.binary(max_size=100))
def test_padding_comes_off_and_fills_blocks(plaintext: bytes) -> None:
    padded = envelope.pad(plaintext)
    assert len(padded) % envelope.BLOCK == 0
    assert envelope.unpad(padded) == plaintext


def test_short_words_seal_to_one_length() -> None:
    lengths = {len(envelope.seal(KEY, envelope.pad(word), b"")) for word in (b"fear", b"happiness", b"disgust")}
    assert len(lengths) == 1


def test_no_nonce_is_used_twice() -> None:
    nonces = {envelope.seal(KEY, b"", b"")[17:29] for _ in range(20_000)}
    assert len(nonces) == 20_000


def test_a_key_shows_nothing_of_itself() -> None:
    assert repr(KEY.secret) not in repr(KEY)
    assert "commitment" not in repr(KEY)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + bytes(100), uuid4().bytes])
def test_what_is_no_envelope_is_refused(sealed: bytes) -> None:
    with pytest.raises(Tampered):
        envelope.key_id_of(sealed)
