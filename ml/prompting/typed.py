"""Hyphens and apostrophes as keyboards have them.

Telephones and language models write others, behind which a word of a list would not be found. Not a part of
`triggers.plain`: by that one the decisions of older engines are made again.
"""

from typing import Final

_SIGNS: Final = dict.fromkeys((*range(0x2010, 0x2014), 0x2212), "-") | dict.fromkeys((0x2018, 0x2019), "'")
"""Hyphens to the en dash, the minus sign; both single quotation marks."""


def as_typed(text: str) -> str:
    """The text with each of those signs as the plain one, of the same length."""
    return text.translate(_SIGNS)
