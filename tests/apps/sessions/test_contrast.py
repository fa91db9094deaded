"""What was read before is faded, and can still be read."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[3] / "static"
READABLE = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text of this size."""


def colours(name: str) -> list[tuple[float, ...]]:
    """A token's value in the light theme and in the dark one, each channel from 0 to 1."""
    found = re.findall(rf"--{name}: #([0-9a-f]{{6}});", (STATIC / "attune.css").read_text(encoding="utf-8"))
    return [tuple(int(value[at : at + 2], 16) / 255 for at in (0, 2, 4)) for value in found]


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_an_older_reading_stays_readable(theme: int) -> None:
    sheet = (STATIC / "sessions" / "session.css").read_text(encoding="utf-8")
    [opacity] = map(float, re.findall(r"\.bars\.old \{ opacity: ([\d.]+);", sheet))
    ink, card = colours("ink")[theme], colours("card")[theme]
    faded = tuple(opacity * above + (1 - opacity) * below for above, below in zip(ink, card, strict=True))
    darker, lighter = sorted((luminance(faded), luminance(card)))
    assert opacity < 1
    assert (lighter + 0.05) / (darker + 0.05) >= READABLE
