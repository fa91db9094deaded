"""The form of a prompt: what no honest scene contains, and instructions meant for the machinery."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 1200
"""Characters. The longest prompt of the library with every exclusion has about half of it."""

_MACHINERY: Final = re.compile(
    r"<[^>]{0,200}>|https?:|www\.|\[\[|\]\]|\{\{|\}\}|\({3,}|\){3,}|\(\s*[^()]{1,80}:\s*\d+(?:\.\d+)?\s*\)|"
    r"\b(?:embedding|lora|controlnet|textual inversion|seed|cfg)\s*:|```|\$\{|;\s*--|\\x[0-9a-f]{2}"
)
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,40}\b(?:instruction|rule|prompt|filter|polic|guideline|above|previous)|"
    r"\b(?:system|developer) (?:prompt|message)\b|\bcontent polic|\bsafety filter|\bjailbreak|\bdo anything now\b|"
    r"\bno (?:content )?polic|\bwithout any rules\b"
)
_INVERTED: Final = re.compile(
    r"\b(?:cloth\w*|dress\w*|clad|covered|covering|shirts?|trousers|underwear|swimwear|modest\w*|censor\w*|sfw|safe\w*|peace\w*|calm\w*|alive|unharmed|adults?|mature|non-?violent)\b"
)


def strange_form(text: str) -> str | None:
    """Why the form is refused, or None."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    if not text.strip():
        return "empty"
    if len(text) > LONGEST:
        return "too long"
    if any(unicodedata.category(letter) in ("Cc", "Co", "Cn", "Cs") and letter not in "\n\t" for letter in text):
        return "control characters"
    if _MACHINERY.search(lowered):
        return "markup"
    if _ORDERS.search(lowered):
        return "instructions"
    return None


def inverts(negative: str) -> bool:
    """Whether a negative prompt keeps out what protects ("clothes", "calm"), and so asks for the opposite."""
    return bool(_INVERTED.search(unicodedata.normalize("NFKC", negative).casefold()))
