"""Five statistics of a picture that can be computed and compared; none of them is beauty."""

from typing import Final

import numpy as np
import numpy.typing as npt

from ml.imaging.probe.pictures import as_tensor

Floats = npt.NDArray[np.float64]
NAMES: Final = ("lightness", "contrast", "colourfulness", "detail", "roughness")
_LUMA: Final = np.array([0.299, 0.587, 0.114])


def statistics(pixels: npt.NDArray[np.uint8]) -> Floats:
    """(N, H, W, 3) RGB bytes, looked at in 128 x 128, to (N, 5), columns in the order of `NAMES`.

    - lightness: mean luma in [0, 1].
    - contrast: deviation of the luma.
    - colourfulness: Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003), on [0, 1].
    - detail: mean size of the luma's gradient between neighbours two pixels apart, which outlines make.
    - roughness: mean size of the luma's Laplacian, which noise and grain make; both as natural logarithms.
    """
    pictures = as_tensor(pixels).permute(0, 2, 3, 1).double().numpy()
    luma = pictures @ _LUMA
    columns = (luma.mean(axis=(1, 2)), luma.std(axis=(1, 2)), _colourfulness(pictures), _detail(luma), _roughness(luma))
    return np.stack(columns, axis=1)


def _colourfulness(pictures: Floats) -> Floats:
    red, green, blue = (pictures[..., channel] for channel in range(3))
    across, over = red - green, (red + green) / 2 - blue
    spread = np.sqrt(across.var(axis=(1, 2)) + over.var(axis=(1, 2)))
    shift = np.sqrt(across.mean(axis=(1, 2)) ** 2 + over.mean(axis=(1, 2)) ** 2)
    return np.asarray(spread + 0.3 * shift)


def _detail(luma: Floats) -> Floats:
    across, down = luma[:, 1:-1, 2:] - luma[:, 1:-1, :-2], luma[:, 2:, 1:-1] - luma[:, :-2, 1:-1]
    return _log(np.sqrt(across**2 + down**2))


def _roughness(luma: Floats) -> Floats:
    around = luma[:, 1:-1, 2:] + luma[:, 1:-1, :-2] + luma[:, 2:, 1:-1] + luma[:, :-2, 1:-1]
    return _log(np.abs(around - 4 * luma[:, 1:-1, 1:-1]))


def _log(sizes: Floats) -> Floats:
    return np.asarray(np.log(sizes.mean(axis=(1, 2)) + 1e-4))
