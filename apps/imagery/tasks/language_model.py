"""Asks a language model over any OpenAI-compatible endpoint; off unless the settings name one.

It may cost two seconds, and no more tokens a day than were allowed. After failures in a row it is left alone a while.
Nothing here knows of patients: what is asked comes from `ml.prompting.rewriting`.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from threading import Thread
from typing import Any, Final

import urllib3
from django.conf import settings

from apps.imagery.tasks import allowance
from apps.imagery.tasks.allowance import Reserved
from apps.imagery.tasks.breaker import Breaker
from ml.prompting.rewriting import SCHEMA, NotTaken

MOST_BYTES: Final = 64 * 1024
MOST_TOKENS: Final = 400
"""Of one answer; the longest that would be taken has about half of that."""
BYTES_A_TOKEN: Final = 3
"""Of what is asked, for an estimate on the safe side: English has about four."""


class CostNothing(NotTaken):
    """Nobody was reached, or whoever was turned it away (a wrong key, too many requests) before a model read it."""


@dataclass
class LanguageModel:
    """One endpoint. A worker has one, which up to a batch's threads share."""

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
        body = self._body(messages)
        reserved = allowance.reserve(len(body) // BYTES_A_TOKEN + MOST_TOKENS, a_day=self.tokens_a_day)
        try:
            content = self._answer(body, reserved)
        except NotTaken:
            self.breaker.failed(time.monotonic())
            raise
        self.breaker.succeeded()
        return content

    def _body(self, messages: list[dict[str, str]]) -> bytes:
        form = {"type": "json_schema", "json_schema": {"name": "scene", "strict": True, "schema": SCHEMA}}
        body = {"model": self.model, "messages": messages, "max_tokens": MOST_TOKENS, "response_format": form}
        return json.dumps(body).encode()

    def _answer(self, body: bytes, reserved: Reserved) -> str:
        """Settles the reserved where the answer says what it cost; a late, wrong or silent one stays the dearest."""
        try:
            answer = _parsed(self._post(body))
        except CostNothing:
            reserved.settle(0)
            raise
        if (cost := _cost(answer)) is not None:
            reserved.settle(cost)
        try:
            content = answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise NotTaken("malformed") from None
        if not isinstance(content, str):
            raise NotTaken("malformed")
        return content

    def _post(self, body: bytes) -> bytes:
        """The response's body.

        A socket's time limit begins anew with each byte, so a server that drips would hold the caller: the call runs
        in a thread that is left behind when the time is over, and ends with the server's next silence.
        """
        call = Future[bytes]()
        Thread(target=_run, args=(call, lambda: self._call(body)), daemon=True).start()
        try:
            return call.result(self.timeout_s)
        except TimeoutError:
            raise NotTaken("timeout") from None

    def _call(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        try:
            response = _pool().request(
                "POST", f"{self.url.rstrip('/')}/chat/completions", body=body, headers=headers,
                timeout=urllib3.Timeout(connect=self.timeout_s, read=self.timeout_s), retries=False, redirect=False,
                preload_content=False,
            )  # fmt: skip
            try:
                if 400 <= response.status < 500:
                    raise CostNothing("refused")
                if response.status != 200:
                    raise NotTaken("refused")
                return _read(response)
            finally:
                response.close()
        except urllib3.exceptions.NewConnectionError:  # which urllib3 counts among the time-outs
            raise CostNothing("unreachable") from None
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
    except (ValueError, RecursionError):  # the latter where it is nested too deeply to be read
        raise NotTaken("malformed") from None
    if not isinstance(answer, dict):
        raise NotTaken("malformed")
    return answer


def _cost(answer: dict[str, Any]) -> int | None:
    """What the answer cost by its own word; None where it does not say so."""
    usage = answer.get("usage")
    said = usage.get("total_tokens") if isinstance(usage, dict) else None
    return said if isinstance(said, int) and said > 0 else None


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=1)
