"""Decodes a frame that has passed the header's check."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.jpeg_header import NotAJpeg, check_frame


def decode(data: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB pixels of a JPEG of at most 256 KiB and 1280×720; orientation tags are ignored.

    Raises:
        FrameTooLarge, NotAJpeg: both are BadFrame.
    """
    size = check_frame(data)
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as refused:
        raise NotAJpeg("cannot be decoded") from refused
    if pixels is None or pixels.shape[:2] != (size.height, size.width):
        raise NotAJpeg("cannot be decoded")
    return pixels.astype(np.uint8, copy=False)
