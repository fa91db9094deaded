"""Asks a language model over any OpenAI-compatible endpoint; off unless the settings name one.

It may cost two seconds, and no more tokens a day than were allowed. After failures in a row it is left alone a while.
Nothing here knows of patients: what is asked comes from `ml.prompting.rewriting`.
"""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from threading import Thread
from typing import Any, Final

import redis
import urllib3
from django.conf import settings
from django.utils import timezone

from ml.prompting.rewriting import SCHEMA, NotTaken

_LOG = logging.getLogger(__name__)

MOST_BYTES: Final = 64 * 1024
MOST_TOKENS: Final = 400
"""Of one answer; the longest that would be taken has about half of that."""
IN_A_ROW: Final = 3
"""Failures after which the endpoint is left alone …"""
REST_S: Final = 60.0
"""… for so long; then one request tries it again."""
_DAY_S: Final = 2 * 86_400
_VALKEY_S: Final = 0.5


@dataclass
class Breaker:
    """Counts failures in a row, and says whether the endpoint may be asked now."""

    failures: int = 0
    closed_until: float = 0.0

    def may_ask(self, now: float) -> bool:
        return now >= self.closed_until

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now: float) -> None:
        self.failures += 1
        if self.failures >= IN_A_ROW:
            self.closed_until = now + REST_S


@dataclass
class LanguageModel:
    """One endpoint. Not safe for threads; a worker has one."""

    url: str
    model: str
    key: str
    timeout_s: float
    tokens_a_day: int
    breaker: Breaker = field(default_factory=Breaker)

    def ask(self, messages: list[dict[str, str]]) -> str:
        """The content of the model's answer.

        Raises:
            NotTaken: "resting", "cap", "timeout", "unreachable", "refused" (status), "too_long" or "malformed".
        """
        if not self.breaker.may_ask(time.monotonic()):
            raise NotTaken("resting")
        if _spent_today() >= self.tokens_a_day:
            raise NotTaken("cap")
        try:
            content = self._answer(messages)
        except NotTaken:
            self.breaker.failed(time.monotonic())
            raise
        self.breaker.succeeded()
        return content

    def _answer(self, messages: list[dict[str, str]]) -> str:
        answer = _parsed(self._post(messages))
        _spend(answer)
        try:
            content = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise NotTaken("malformed") from None
        if not isinstance(content, str):
            raise NotTaken("malformed")
        return content

    def _post(self, messages: list[dict[str, str]]) -> bytes:
        """The response's body.

        A socket's time limit begins anew with each byte, so a server that drips would hold the caller: the call runs
        in a thread that is left behind when the time is over, and ends with the server's next silence.
        """
        call = Future[bytes]()
        Thread(target=_run, args=(call, lambda: self._call(messages)), daemon=True).start()
        try:
            return call.result(self.timeout_s)
        except TimeoutError:
            raise NotTaken("timeout") from None

    def _call(self, messages: list[dict[str, str]]) -> bytes:
        form = {"type": "json_schema", "json_schema": {"name": "scene", "strict": True, "schema": SCHEMA}}
        body = {"model": self.model, "messages": messages, "max_tokens": MOST_TOKENS, "response_format": form}
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        try:
            response = _pool().request(
                "POST", f"{self.url.rstrip('/')}/chat/completions", body=json.dumps(body).encode(), headers=headers,
                timeout=urllib3.Timeout(connect=self.timeout_s, read=self.timeout_s), retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            try:
                if response.status != 200:
                    raise NotTaken("refused")
                return _read(response)
            finally:
                response.close()
        except urllib3.exceptions.NewConnectionError:  # which urllib3 counts among the time-outs
            raise NotTaken("unreachable") from None
        except urllib3.exceptions.TimeoutError:
            raise NotTaken("timeout") from None
        except urllib3.exceptions.HTTPError:
            raise NotTaken("unreachable") from None


def language_model() -> LanguageModel | None:
    """The endpoint that the settings name; None where they name none."""
    return _configured() if settings.ATTUNE_LLM_URL else None


@cache
def _configured() -> LanguageModel:
    return LanguageModel(
        settings.ATTUNE_LLM_URL, settings.ATTUNE_LLM_MODEL, settings.ATTUNE_LLM_KEY,
        settings.ATTUNE_LLM_TIMEOUT_S, settings.ATTUNE_LLM_TOKENS_A_DAY,
    )  # fmt: skip


def _run(call: "Future[bytes]", work: Callable[[], bytes]) -> None:
    try:
        call.set_result(work())
    except BaseException as error:  # noqa: BLE001 -- whoever waits is told, whatever it was
        call.set_exception(error)


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    found = b""
    for piece in response.stream(4096):
        found += piece
        if len(found) > MOST_BYTES:
            raise NotTaken("too_long")
    return found


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        raise NotTaken("malformed") from None
    if not isinstance(answer, dict):
        raise NotTaken("malformed")
    return answer


def _spend(answer: dict[str, Any]) -> None:
    """Count what the answer cost by its own word; one that does not say so costs the most that it may."""
    usage = answer.get("usage")
    said = usage.get("total_tokens") if isinstance(usage, dict) else None
    cost = said if isinstance(said, int) and said > 0 else MOST_TOKENS
    try:
        pipe = _valkey().pipeline()
        pipe.incrby(_today(), cost)
        pipe.expire(_today(), _DAY_S)
        pipe.execute()
    except redis.RedisError as error:
        _LOG.warning("tokens were not counted: %s", type(error).__name__)


def _spent_today() -> int:
    """Tokens of all workers today. What can't be counted can't be capped, so then nothing is asked."""
    try:
        return int(_valkey().get(_today()) or 0)
    except redis.RedisError:
        raise NotTaken("cap") from None


def _today() -> str:
    return f"attune:llm:tokens:{timezone.now():%Y-%m-%d}"


@cache
def _valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_VALKEY_S, socket_connect_timeout=_VALKEY_S)


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=1)
