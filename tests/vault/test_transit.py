"""Sealed hops and key-encryption keys, without a database."""

import base64
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from vault import kek, transit
from vault.errors import Expired, KekRefused, Tampered


def encoded(byte: int) -> str:
    return base64.b64encode(bytes([byte]) * 32).decode()


def test_a_hop_opens_in_its_context_only() -> None:
    sealed = transit.seal(b"jpeg", context="mailbox:1")
    assert transit.open(sealed, context="mailbox:1", max_age_s=1) == b"jpeg"
    with pytest.raises(Tampered):
        transit.open(sealed, context="mailbox:2", max_age_s=1)


@pytest.mark.parametrize("later_s", [2.0, -6.0])
def test_a_stale_hop_and_one_from_the_future_are_refused(monkeypatch: pytest.MonkeyPatch, later_s: float) -> None:
    sealed = transit.seal(b"jpeg", context="c")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + later_s)
    with pytest.raises(Expired):
        transit.open(sealed, context="c", max_age_s=1)


def test_a_hop_cannot_be_made_younger() -> None:
    sealed = bytearray(transit.seal(b"jpeg", context="c"))
    sealed[12] ^= 1
    with pytest.raises(Tampered):
        transit.open(bytes(sealed), context="c", max_age_s=100)


def test_a_hop_survives_a_new_key_encryption_key(settings: Settings) -> None:
    settings.ATTUNE_KEK = f"1:{encoded(1)}"
    sealed = transit.seal(b"jpeg", context="c")
    settings.ATTUNE_KEK = f"1:{encoded(1)},2:{encoded(2)}"
    assert transit.open(sealed, context="c", max_age_s=5) == b"jpeg"
    settings.ATTUNE_KEK = f"2:{encoded(2)}"
    with pytest.raises(KekRefused):
        transit.open(sealed, context="c", max_age_s=5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no key-encryption key"),
        ("1:abc", "version:base64"),
        ("x:" + encoded(1), "version:base64"),
        ("1:" + base64.b64encode(b"short").decode(), "5 bytes long"),
        (f"1:{encoded(1)},1:{encoded(2)}", "twice"),
    ],
)
def test_a_bad_key_is_refused_in_plain_words(settings: Settings, text: str, why: str) -> None:
    settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE = text, ""
    with pytest.raises(KekRefused, match=why):
        kek.current()


def test_an_unreadable_key_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE = "", str(tmp_path / "absent")
    with pytest.raises(KekRefused, match="cannot be read"):
        kek.current()


def test_a_key_file_is_read_again_when_it_changes(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "kek"
    file.write_text(encoded(1))
    settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE = "", str(file)
    assert kek.current().newest.version == 1
    file.write_text(f"1:{encoded(1)}\n2:{encoded(2)}\n")
    assert kek.current().newest.version == 2
