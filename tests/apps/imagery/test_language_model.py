"""The language model's endpoint, which may be slow, wrong or gone: the patient waits two seconds at most."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import LazySettings

from apps.imagery.tasks import allowance
from apps.imagery.tasks import language_model as door
from apps.imagery.tasks.breaker import IN_A_ROW, REST_S, Breaker
from apps.imagery.tasks.language_model import MOST_BYTES, LanguageModel
from ml.prompting.rewriting import NotTaken
from tests.apps.imagery.chat_server import Behave, Chat, drips, says, sends, serving

HELLO = [{"role": "user", "content": "{}"}]


@pytest.fixture
def chat(valkey: object, settings: LazySettings) -> Iterator[Chat]:
    allowance._valkey.cache_clear()
    with serving(says("a scene")) as server:
        yield server
    allowance._valkey.cache_clear()


def model(url: str, *, timeout_s: float = 30.0, tokens_a_day: int = 10_000) -> LanguageModel:
    return LanguageModel(url, "scene-writer", "secret-key", timeout_s, tokens_a_day)


def dearest(messages: list[dict[str, str]] = HELLO) -> int:
    """What one request may cost, as it is reserved."""
    return len(model("")._body(messages)) // door.BYTES_A_TOKEN + door.MOST_TOKENS


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
        (sends(b"[" * 60_000), "malformed"),
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
    assert time.monotonic() - start < 30, "it drips for twice as long"


def test_nobody_there_is_said_at_once(valkey: object) -> None:
    allowance._valkey.cache_clear()
    with serving(says("x")) as gone:
        pass
    asked = model(gone.url, tokens_a_day=dearest())
    assert [code(asked) for _ in range(2)] == ["unreachable"] * 2, "what was not sent cost nothing"


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


def test_after_a_rest_one_tries_and_the_others_rest_until_it_is_known_how_that_went() -> None:
    breaker = Breaker()
    for _ in range(IN_A_ROW):
        breaker.failed(100.0)
    after = 100.0 + REST_S
    with ThreadPoolExecutor(8) as crew:
        assert sorted(crew.map(lambda _: breaker.may_ask(after), range(8))) == [False] * 7 + [True]
    breaker.failed(after)
    assert not breaker.may_ask(after + REST_S / 2)
    assert breaker.may_ask(after + REST_S)
    breaker.succeeded()
    assert breaker.may_ask(after + REST_S) and breaker.may_ask(after + REST_S)


def test_a_resting_endpoint_is_not_asked(chat: Chat) -> None:
    chat.behave = says("x", status=500)
    asked = model(chat.url)
    assert [code(asked) for _ in range(IN_A_ROW + 2)] == ["refused"] * IN_A_ROW + ["resting"] * 2
    assert len(chat.asked) == IN_A_ROW


def test_the_days_tokens_are_a_cap_for_all_workers(chat: Chat) -> None:
    chat.behave = says("x", tokens=600)
    one, other = (model(chat.url, tokens_a_day=600 + dearest()) for _ in range(2))
    assert one.ask(HELLO) == other.ask(HELLO) == "x"
    assert code(one) == code(other) == "cap"
    assert len(chat.asked) == 2


def test_what_was_reserved_is_given_back_where_the_answer_cost_less_or_the_cap_refused(chat: Chat) -> None:
    chat.behave = says("x", tokens=120)
    dear, asked = model(chat.url, tokens_a_day=dearest() - 1), model(chat.url, tokens_a_day=dearest() + 120)
    assert code(dear) == "cap"
    assert [asked.ask(HELLO), asked.ask(HELLO), code(asked)] == ["x", "x", "cap"]


@pytest.mark.parametrize(
    ("behave", "expected"),
    [(says("x", tokens=None), None), (drips, "timeout"), (sends(b"<html>no</html>"), "malformed")],
)
def test_an_answer_that_does_not_say_its_cost_counts_as_the_dearest_with_what_was_asked(
    chat: Chat, behave: Behave, expected: str | None
) -> None:
    chat.behave = behave
    long = [{"role": "user", "content": "calm " * 600}]
    asked = model(chat.url, timeout_s=0.5 if behave is drips else 30.0, tokens_a_day=dearest(long) + dearest() - 1)
    if expected is None:
        assert asked.ask(long) == "x"
    else:
        with pytest.raises(NotTaken, match=expected):
            asked.ask(long)
    assert code(asked) == "cap"
    assert len(chat.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 429])
def test_what_the_endpoint_turned_away_cost_nothing(chat: Chat, status: int) -> None:
    asked = model(chat.url, tokens_a_day=dearest())
    chat.behave = says("x", status=status)
    assert [code(asked) for _ in range(2)] == ["refused"] * 2
    chat.behave = says("x", tokens=None)
    assert asked.ask(HELLO) == "x"


def test_what_failed_on_the_other_side_may_have_cost_what_was_reserved(chat: Chat) -> None:
    asked = model(chat.url, tokens_a_day=dearest())
    chat.behave = says("x", status=500)
    assert [code(asked) for _ in range(2)] == ["refused", "cap"]


def test_many_who_ask_at_once_keep_to_the_cap(chat: Chat) -> None:
    def slowly(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        time.sleep(0.3)
        says("x", tokens=None)(handler, asked)

    chat.behave = slowly
    asked = model(chat.url, timeout_s=30.0, tokens_a_day=2 * dearest())
    asked.ask(HELLO)

    def one(_: int) -> str:
        try:
            return asked.ask(HELLO)
        except NotTaken as no:
            return no.code

    with ThreadPoolExecutor(8) as crew:
        assert sorted(crew.map(one, range(8))) == ["cap"] * 7 + ["x"]
    assert len(chat.asked) == 2


def test_without_a_counter_nothing_is_asked(chat: Chat, settings: LazySettings) -> None:
    settings.ATTUNE_REDIS_URL = "redis://127.0.0.1:9/0"
    allowance._valkey.cache_clear()
    assert code(model(chat.url)) == "cap"
    assert chat.asked == []


def test_it_is_off_unless_named(settings: LazySettings) -> None:
    settings.ATTUNE_LLM_URL = ""
    assert door.language_model() is None
