"""The tokens that a language model may cost a day, all workers together, counted in Valkey.

What a request may cost at most is reserved before it is asked, so that many at once keep to the cap, and an answer that
never came counts: whoever answered late was paid all the same.
"""

import logging
from dataclasses import dataclass
from functools import cache
from typing import Final

import redis
from django.conf import settings
from django.utils import timezone

from ml.prompting.rewriting import NotTaken

_LOG = logging.getLogger(__name__)
_DAY_S: Final = 2 * 86_400
_VALKEY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Reserved:
    """Tokens that are counted already, under the day on which they were asked for."""

    day: str
    tokens: int

    def settle(self, cost: int) -> None:
        """Count what it cost in place of what was reserved."""
        if cost != self.tokens:
            _count(self.day, cost - self.tokens)


def reserve(tokens: int, *, a_day: int) -> Reserved:
    """Count these tokens, where all of them lie within what is allowed a day.

    Raises:
        NotTaken: "cap". What can't be counted can't be capped, so then nothing is asked either.
    """
    reserved = Reserved(f"attune:llm:tokens:{timezone.now():%Y-%m-%d}", tokens)
    try:
        pipe = _valkey().pipeline()
        pipe.incrby(reserved.day, tokens)
        pipe.expire(reserved.day, _DAY_S)
        spent, _ = pipe.execute()
    except redis.RedisError:
        raise NotTaken("cap") from None
    if int(spent) > a_day:
        reserved.settle(0)
        raise NotTaken("cap")
    return reserved


def _count(day: str, tokens: int) -> None:
    try:
        _valkey().incrby(day, tokens)
    except redis.RedisError as error:
        _LOG.warning("tokens were not counted: %s", type(error).__name__)


@cache
def _valkey() -> "redis.Redis":
    return redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_VALKEY_S, socket_connect_timeout=_VALKEY_S)
