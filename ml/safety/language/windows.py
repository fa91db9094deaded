"""Cuts a long text into what the encoder reads at once."""

from typing import Final

WINDOW_WORDS: Final = 40


def windows(text: str) -> list[str]:
    """The text in windows of at most `WINDOW_WORDS` words, each half a window after the last; one when it is short."""
    words = text.split()
    step = WINDOW_WORDS // 2
    starts = range(0, max(len(words) - step, 1), step)
    return [" ".join(words[start : start + WINDOW_WORDS]) for start in starts]
