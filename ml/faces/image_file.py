"""One image file as a viewer would see it: upright, on paper, in eight bits of red, green and blue."""

import struct
import warnings
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.faces.source_errors import SourceUnreadable

MOST_PIXELS: Final = 120_000_000
"""Of one picture: a telephone's largest has 108 million. A small file may claim far more than memory holds."""
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "DIB", "TIFF", "JPEG2000", "PPM", "TGA")
"""Not all that Pillow knows: for some it starts other programs."""
_BROKEN: Final = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error, zlib.error)
"""What Pillow's decoders raise for bytes that are no picture, or one cut off."""


def read_image(path: Path) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB: turned as its EXIF says, laid on white where transparent, sixteen bits scaled to eight.

    Of an animation or a document of several pages, the first.

    Raises:
        SourceUnreadable: of no kind that we read, cut off, or too large.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd tags and large sizes; the size is judged below
        try:
            with Image.open(path, formats=_FORMATS) as image:
                _refuse_giants(path, image.size)
                image.load()
                return _as_seen(image)
        except Image.DecompressionBombError as error:
            raise _too_large(path, "far more") from error
        except _BROKEN as error:
            raise SourceUnreadable(f"{path}: not a picture that can be read, or one cut off") from error


def _refuse_giants(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(path, f"{width}×{height}")


def _too_large(path: Path, claimed: str) -> SourceUnreadable:
    return SourceUnreadable(f"{path}: claims {claimed} pixels; at most {MOST_PIXELS // 10**6} million are read")


def _as_seen(image: Image.Image) -> NDArray[np.uint8]:
    shallow = _eight_bits(image)
    if shallow.has_transparency_data:
        # What is transparent may hide any colour, even a face: a viewer sees paper there, and so do we.
        seen = shallow.convert("RGBA")
        shallow = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return np.array(_upright(shallow, image).convert("RGB"), np.uint8)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Deep greys scaled, which Pillow would clip; deep colours it has scaled already."""
    if not image.mode.startswith(("I", "F")):
        return image
    grey = np.asarray(image, np.float32)
    most = 65535.0 if image.mode != "F" else max(float(grey.max(initial=1.0)), 1.0)
    return Image.fromarray((grey.clip(0, most) * (255 / most)).round().astype(np.uint8))


def _upright(image: Image.Image, tagged: Image.Image) -> Image.Image:
    """Turned as the EXIF of `tagged` says; tags that can't be read turn nothing."""
    try:
        turn = _TURNS.get(tagged.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return image
    return image if turn is None else image.transpose(turn)


_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF 2.32, tag 274: how the stored rows and columns lie in the picture as seen."""
