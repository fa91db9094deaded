"""What a camera and a room do to a face, one thing at a time: how much accuracy each costs.

Each perturbation takes (N, H, W) uint8 grey faces and gives as many of the same size. Random ones draw from a fixed
seed, so that two networks are asked the same.
"""

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Faces = NDArray[np.uint8]
_SEED: Final = 20
_GREY: Final = 128


def _brightness(factor: float) -> Callable[[Faces], Faces]:
    return lambda faces: _whole(faces.astype(np.float32) * factor)


def _gamma(exponent: float) -> Callable[[Faces], Faces]:
    return lambda faces: _whole(255 * (faces / 255.0) ** exponent)


def _blur(sigma: float) -> Callable[[Faces], Faces]:
    return lambda faces: _each(faces, lambda face: cv2.GaussianBlur(face, (0, 0), sigma))


def _noise(deviation: float) -> Callable[[Faces], Faces]:
    def perturb(faces: Faces) -> Faces:
        grain = np.random.default_rng(_SEED).normal(0, deviation * 255, faces.shape)
        return _whole(faces + grain)

    return perturb


def _jpeg(quality: int) -> Callable[[Faces], Faces]:
    def through(face: Faces) -> NDArray[np.generic]:
        _, coded = cv2.imencode(".jpg", face, [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
        return face if decoded is None else decoded  # what was just coded always decodes; the types don't know

    return lambda faces: _each(faces, through)


def _rotation(degrees: float) -> Callable[[Faces], Faces]:
    def turned(face: Faces) -> NDArray[np.generic]:
        height, width = face.shape
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
        return cv2.warpAffine(face, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)

    return lambda faces: _each(faces, turned)


def _occlusion(share: float) -> Callable[[Faces], Faces]:
    """A grey square over `share` of the picture, anywhere in it, for each face somewhere else."""

    def perturb(faces: Faces) -> Faces:
        random = np.random.default_rng(_SEED)
        height, width = faces.shape[1:]
        side_y, side_x = round(height * share**0.5), round(width * share**0.5)
        covered = faces.copy()
        for face in covered:
            top, left = random.integers(0, height - side_y + 1), random.integers(0, width - side_x + 1)
            face[top : top + side_y, left : left + side_x] = _GREY
        return covered

    return perturb


def _small(side: int) -> Callable[[Faces], Faces]:
    """As a face of `side` pixels would be seen, enlarged again."""

    def through(face: Faces) -> NDArray[np.generic]:
        shrunk = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
        return cv2.resize(shrunk, face.shape[::-1], interpolation=cv2.INTER_LINEAR)

    return lambda faces: _each(faces, through)


PERTURBATIONS: Final[Mapping[str, Callable[[Faces], Faces]]] = {
    "brightness_minus_40": _brightness(0.6),
    "brightness_plus_40": _brightness(1.4),
    "gamma_0.6": _gamma(0.6),
    "gamma_1.7": _gamma(1.7),
    "blur_1": _blur(1.0),
    "noise_0.05": _noise(0.05),
    "jpeg_30": _jpeg(30),
    "rotation_minus_20": _rotation(-20),
    "rotation_plus_20": _rotation(20),
    "occlusion_quarter": _occlusion(0.25),
    "side_24": _small(24),
}
"""Blur: Gaussian, deviation in pixels of a 48-pixel face. Noise: Gaussian, deviation as a share of full white."""


def _each(faces: Faces, how: Callable[[Faces], NDArray[np.generic]]) -> Faces:
    return np.stack([how(face) for face in faces]).astype(np.uint8)


def _whole(values: NDArray[np.floating]) -> Faces:
    whole: Faces = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return whole
