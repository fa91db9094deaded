"""A picture as a file, and back."""

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from ml.safety.verdict import SafeImage

MEDIA_TYPE: Final = "image/webp"
_QUALITY: Final = 90


def as_webp(image: SafeImage) -> bytes:
    """WebP bytes without metadata. Only a judged picture can become a file."""
    out = io.BytesIO()
    Image.fromarray(image.pixels).save(out, "WEBP", quality=_QUALITY, method=3)
    return out.getvalue()


def pixels_of(file: bytes) -> npt.NDArray[np.uint8]:
    """(H, W, 3) RGB bytes of such a file. Raises OSError: it is none."""
    with Image.open(io.BytesIO(file)) as picture:
        return np.asarray(picture.convert("RGB"))
