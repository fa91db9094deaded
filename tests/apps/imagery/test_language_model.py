"""The language model's endpoint, which may be slow, wrong or gone: the patient waits two seconds at most."""

import time
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from apps.imagery.tasks import language_model as door
from apps.imagery.tasks.language_model import IN_A_ROW, MOST_BYTES, REST_S, Breaker, LanguageModel
from ml.prompting.rewriting import NotTaken
from tests.apps.imagery.chat_server import Chat, drips, says, sends, serving

HELLO = [{"role": "user", "content": "{}"}]


@pytest.fixture
def chat(valkey: object, settings: LazySettings) -> Iterator[Chat]:
    door._valkey.cache_clear()
    with serving(says("a scene")) as server:
        yield server
    door._valkey.cache_clear()


def model(url: str, *, timeout_s: float = 2.0, tokens_a_day: int = 1000) -> LanguageModel:
    return LanguageModel(url, "scene-writer", "secret-key", timeout_s, tokens_a_day)


def code(asked: LanguageModel) -> str:
    with pytest.raises(NotTaken) as no:
        asked.ask(HELLO)
    return no.value.code


def test_it_asks_as_the_protocol_says_and_reads_the_answer(chat: Chat) -> None:
    assert model(chat.url).ask(HELLO) == "a scene"
    (asked,) = chat.asked
    assert (asked["path"], asked["model"], asked["messages"]) == ("/v1/chat/completions", "scene-writer", HELLO)
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert chat.keys == ["Bearer secret-key"]


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (says("x", status=500), "refused"),
        (says("x", status=302), "refused"),
        (says(None), "malformed"),
        (sends(b"<html>no</html>"), "malformed"),
        (sends(b'{"choices": []}'), "malformed"),
        (sends(b"[1, 2]"), "malformed"),
        (sends(b" " * (MOST_BYTES + 5000)), "too_long"),
    ],
)
def test_a_wrong_answer_is_not_taken(chat: Chat, behave: object, expected: str) -> None:
    chat.behave = behave  # type: ignore[assignment]  # parametrize hands on what it was given
    assert code(model(chat.url)) == expected


def test_a_server_that_drips_is_left_when_the_time_is_over(chat: Chat) -> None:
    chat.behave = drips
    start = time.monotonic()
    assert code(model(chat.url, timeout_s=0.5)) == "timeout"
    assert time.monotonic() - start < 1.5


def test_nobody_there_is_said_at_once(valkey: object) -> None:
    door._valkey.cache_clear()
    with serving(says("x")) as gone:
        pass
    assert code(model(gone.url)) == "unreachable"


def test_after_three_failures_it_is_left_alone_and_then_tried_again() -> None:
    breaker = Breaker()
    for _ in range(IN_A_ROW):
        assert breaker.may_ask(100.0)
        breaker.failed(100.0)
    assert not breaker.may_ask(100.0 + REST_S / 2)
    assert breaker.may_ask(100.0 + REST_S)
    breaker.succeeded()
    breaker.failed(200.0)
    assert breaker.may_ask(200.0)


def test_a_resting_endpoint_is_not_asked(chat: Chat) -> None:
    chat.behave = says("x", status=500)
    asked = model(chat.url)
    assert [code(asked) for _ in range(IN_A_ROW + 2)] == ["refused"] * IN_A_ROW + ["resting"] * 2
    assert len(chat.asked) == IN_A_ROW


def test_the_days_tokens_are_a_cap_for_all_workers(chat: Chat) -> None:
    chat.behave = says("x", tokens=600)
    one, other = model(chat.url), model(chat.url)
    assert one.ask(HELLO) == other.ask(HELLO) == "x"
    assert code(one) == code(other) == "cap"
    assert len(chat.asked) == 2


def test_an_answer_that_does_not_say_its_cost_counts_as_the_dearest(chat: Chat) -> None:
    chat.behave = says("x", tokens=None)
    asked = model(chat.url, tokens_a_day=door.MOST_TOKENS)
    assert asked.ask(HELLO) == "x"
    assert code(asked) == "cap"


def test_without_a_counter_nothing_is_asked(chat: Chat, settings: LazySettings) -> None:
    settings.ATTUNE_REDIS_URL = "redis://127.0.0.1:9/0"
    door._valkey.cache_clear()
    assert code(model(chat.url)) == "cap"
    assert chat.asked == []


def test_it_is_off_unless_named(settings: LazySettings) -> None:
    settings.ATTUNE_LLM_URL = ""
    assert door.language_model() is None
