"""A picture as a file."""

import io
from typing import Final

from PIL import Image

from ml.safety.verdict import SafeImage

MEDIA_TYPE: Final = "image/webp"
_QUALITY: Final = 90


def as_webp(image: SafeImage) -> bytes:
    """WebP bytes without metadata. Only a judged picture can become a file."""
    out = io.BytesIO()
    Image.fromarray(image.pixels).save(out, "WEBP", quality=_QUALITY, method=3)
    return out.getvalue()
