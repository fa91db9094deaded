"""A contact sheet of drawings: each above what was asked for, and below it what the probe read otherwise."""

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from ml.imaging.probe.network import SIDE
from ml.imaging.probe.pictures import Pixels
from ml.imaging.probe.reader import Reading
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.spec import SceneSpec

_COLUMNS: Final = 8
_LABEL, _GAP = 26, 6
_PAPER, _INK, _OTHER = (250, 249, 246), (52, 56, 60), (164, 60, 40)


def contact_sheet(pixels: Pixels, specs: list[SceneSpec], reading: Reading) -> Image.Image:
    """(N, SIDE, SIDE, 3) bytes in rows of eight."""
    rows = -(-len(specs) // _COLUMNS)
    size = (_COLUMNS * (SIDE + _GAP) + _GAP, rows * (SIDE + _LABEL + _GAP) + _GAP)
    page = Image.new("RGB", size, _PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(9)
    for number, spec in enumerate(specs):
        x = _GAP + number % _COLUMNS * (SIDE + _GAP)
        y = _GAP + number // _COLUMNS * (SIDE + _LABEL + _GAP)
        page.paste(Image.fromarray(pixels[number]), (x, y))
        pen.text((x, y + SIDE + 1), f"{spec.kind}, {spec.time}, {spec.weather}"[:28], _INK, font)
        pen.text((x, y + SIDE + 13), misread(spec, reading.words(number)), _OTHER, font)
    return page


def misread(spec: SceneSpec, read: dict[str, str]) -> str:
    """What the probe found in the place of what was asked: kind, time, weather and palette; short enough to stand."""
    pairs = zip(ATTRIBUTES, spec.words(), strict=True)
    other = [read[name] for name, word in pairs if name not in ("season", "style") and read[name] != word]
    return ", ".join(other)[:28]
