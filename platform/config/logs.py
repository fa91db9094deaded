"""Log lines that carry no personal data: addresses are masked, tracebacks keep places and lose values."""

import logging
import re
import traceback
from types import TracebackType

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_IPV4 = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_LOOPBACK = frozenset({"127.0.0.1", "0.0.0.0"})  # noqa: S104  (a name to leave readable, not a bind)
# A link of a mail or an invitation opens the account for whoever has it (`/recover/new/` is the page behind one).
_LINK = re.compile(r"/(recover|join)/(?!new/)[^/\s\"'?<>]+")
_QUERY = re.compile(r"\?[^\s\"']+")


def masked(text: str) -> str:
    """The text without e-mail addresses, network addresses, query strings and the secrets of links."""
    text = _EMAIL.sub("<address>", text)
    text = _LINK.sub(r"/\1/<token>", text)
    text = _QUERY.sub("?<query>", text)
    return _IPV4.sub(lambda found: found[0] if found[0] in _LOOPBACK else "<address>", text)


class PlainLine(logging.Formatter):
    """Formats a record and masks it. An exception's message may quote a value, so only its type and places remain."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))

    def formatException(  # noqa: N802  (logging's name)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        places = "".join(traceback.format_tb(trace)).rstrip()
        return f"{places}\n{kind.__qualname__ if kind else 'unknown'}"
