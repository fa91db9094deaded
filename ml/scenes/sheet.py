"""Contact sheets of the vetted library, for people to look at: `python -m ml.scenes.sheet --out DIR`."""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from ml.scenes.library import entries
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec

ENTRIES: Final = 40
"""Scenes on one sheet."""
LARGEST: Final = 400_000
"""Bytes that a sheet stays below, so that the repository can carry it."""
_COLUMNS: Final = 5
_WIDTH, _HEIGHT, _LABEL, _GAP = 256, 170, 20, 6
_PAPER, _INK = (250, 249, 246), (52, 56, 60)
_QUALITIES: Final = (82, 74, 66, 58, 50, 40)


def sheet(scenes: Sequence[tuple[str, SceneSpec]], columns: int = _COLUMNS) -> Image.Image:
    """Small renders in rows, each above its label."""
    rows = -(-len(scenes) // columns)
    size = (columns * (_WIDTH + _GAP) + _GAP, rows * (_HEIGHT + _LABEL + _GAP) + _GAP)
    page = Image.new("RGB", size, _PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(13)
    for number, (label, spec) in enumerate(scenes):
        x = _GAP + number % columns * (_WIDTH + _GAP)
        y = _GAP + number // columns * (_HEIGHT + _LABEL + _GAP)
        page.paste(Image.fromarray(render(spec, _WIDTH, _HEIGHT)), (x, y))
        pen.text((x + 2, y + _HEIGHT + 2), label, _INK, font)
    return page


def webp(page: Image.Image, largest: int = LARGEST) -> bytes:
    """A WebP file below `largest` bytes, as fine as that allows. Raises ValueError when no quality is small enough."""
    for quality in _QUALITIES:
        out = io.BytesIO()
        page.save(out, "WEBP", quality=quality, method=6)
        if out.tell() < largest:
            return out.getvalue()
    raise ValueError("the sheet is too large; put fewer scenes on it")


def write_sheets(folder: Path) -> list[Path]:
    """Write library-1.webp and so on, the library in its order; sheets beyond the last are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("library-*.webp"):
        old.unlink()
    scenes = [(entry.id, entry.spec) for entry in entries()]
    written = []
    for number, start in enumerate(range(0, len(scenes), ENTRIES), 1):
        path = folder / f"library-{number}.webp"
        path.write_bytes(webp(sheet(scenes[start : start + ENTRIES])))
        written.append(path)
    return written


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sheets and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m ml.scenes.sheet", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for library-1.webp and so on")
    for path in write_sheets(parser.parse_args(arguments).out):
        sys.stdout.write(f"{path} {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
