"""A session begins with what stands at that moment, once."""

from collections.abc import Callable
from uuid import UUID, uuid4

from apps.sessions import commands
from apps.sessions.aggregate import Phase
from apps.sessions.events import SESSION, SessionOpened
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice

Seal = Callable[[], None]


def test_it_is_recorded_with_what_was_ticked_on_the_page(practice: Practice, seal_now: Seal) -> None:
    client = practice.browser(practice.patient)
    client.post("/me/consent/", {"consent": ["camera"]})
    seal_now()
    form = {"asked": "1", "consent": ["images"], "camera": "off", "key": str(uuid4())}
    live = client.post("/session/start/", form).headers["Location"]
    opened = store.read(StreamName(SESSION, UUID(live.rstrip("/").rsplit("/", 1)[1])))[0].event
    assert isinstance(opened, SessionOpened)
    assert opened.consents == ("images",)


def test_a_start_that_is_sent_again_ends_nothing_that_was_begun_since(practice: Practice, seal_now: Seal) -> None:
    client, again = practice.browser(practice.patient), {"Idempotency-Key": "one"}

    def start(headers: dict[str, str]) -> UUID:
        answer = client.post("/api/v1/sessions/", {"camera": False}, "application/json", headers=headers)
        seal_now()
        return UUID(answer.json()["id"])

    first = start(again)
    live = start({"Idempotency-Key": "two"})
    assert commands.load(first).phase is Phase.ENDED
    assert start(again) == first
    assert commands.load(live).phase is Phase.OPEN
