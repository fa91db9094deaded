"""What the painter did not know of a prompt, as rows, charts and older events hold it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.imagery import pictures
from apps.imagery.events import ImageShown, ReadAs
from eventstore.event import type_of
from eventstore.upcast import decode
from tests.apps.imagery.showing import USUAL, Showing, showing
from tests.apps.practice import Practice
from vault import packing

Seal = Callable[[], None]
WORDS: dict[str, Any] = {
    "unread": ("otter", "velvet"),
    "read_as": (ReadAs(word="yacht", known="sailboat"), ReadAs(word="turf", known="grass")),
}  # fmt: skip


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def test_a_picture_of_before_is_read_as_one_of_which_nobody_noted_words() -> None:
    event = ImageShown(request_id=uuid4(), image_id=uuid4(), shown_at=timezone.now(), **USUAL)
    codec = type_of(ImageShown).codec
    old = {name: value for name, value in codec.encode(event).items() if name not in WORDS}
    assert decode("imagery.shown.v1", packing.pack(old)) == event
    assert (event.unread, event.read_as) == ((), ())


def test_rows_made_anew_hold_the_same_words(practice: Practice, session: Showing, seal_now: Seal) -> None:
    worded, plain = session.show(**WORDS), session.show()
    seal_now()
    before = [pictures.find(session.patient_id, one) for one in (worded, plain)]
    assert [(one.unread, one.read_as) for one in before if one] == [
        (("otter", "velvet"), (("yacht", "sailboat"), ("turf", "grass"))),
        ((), ()),
    ]
    call_command("rebuild", "imagery.images")
    assert [pictures.find(session.patient_id, one) for one in (worded, plain)] == before


def test_a_clinician_reads_them_beside_the_picture_and_nothing_where_there_are_none(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    address, browser = f"/patients/{session.patient_id}/pictures/", practice.browser(practice.provider)
    session.show()
    seal_now()
    assert "the painter did not know" not in browser.get(address).content.decode()
    session.show(**WORDS)
    seal_now()
    html = browser.get(address).content.decode()
    assert "Words that the painter did not know</dt><dd>otter, velvet</dd>" in html
    assert "“yacht” as “sailboat”, “turf” as “grass”" in html
