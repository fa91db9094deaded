"""JSON bodies, no deeper than anything reads them."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST: Final = 64
"""Lists and objects within each other. The API takes a handful; Python's own limit depends on who calls, and what the
parser can only just read is too deep for whatever looks at it next."""


class ShallowJSONParser(JSONParser):
    """The framework's, which lets a body of opening brackets end in a RecursionError."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """What the body says. Raises ParseError, also for what is nested deeper than DEEPEST."""
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - too deep") from None
        if _depth(body) > DEEPEST:
            raise ParseError("JSON parse error - too deep")
        return body


def _depth(body: Any) -> int:
    """How many lists and objects lie within each other, counted until one more than DEEPEST."""
    depth, level = 0, [body]
    while depth <= DEEPEST and (level := [one for one in level if isinstance(one, list | dict)]):
        depth += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return depth
