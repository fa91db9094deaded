"""What the small heads read of a picture: statistics of light, colour, contrast, edges and texture. Torch-free.

After Machajdik & Hanbury, Affective image classification (ACM Multimedia 2010); colourfulness after Hasler & Süsstrunk,
Measuring colourfulness in natural images (SPIE 2003). They know nothing of what a picture shows.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

SIDE: Final = 64
"""Pictures of any size are read at this side, so that size, grain and enlarging change little."""
HUES: Final = ("red", "yellow", "green", "cyan", "blue", "magenta")
FIELDS: Final = ("top", "middle", "bottom")
NAMES: Final = (
    "light", "light_spread", "light_low", "light_high",
    *(f"light_{field}" for field in FIELDS), "light_centre",
    "saturation", "saturation_spread", *(f"hue_{hue}" for hue in HUES), "warmth", "green_cast", "colourfulness",
    "contrast_fine", "contrast_coarse", "edges", "edges_strong", "edges_level", "edges_upright",
    *(f"edges_{field}" for field in FIELDS), "texture", "texture_colour", "dark_red", "mirror",
)  # fmt: skip

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]
Row = npt.NDArray[np.float32]


def statistics(pixels: Pixels) -> Row:
    """One float32 for each of `NAMES`, of an (H, W, 3) uint8 picture."""
    small = _small(pixels)
    light = np.asarray(small @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)
    found = {**_light(light), **_colour(small, light), **_edges(light), **_texture(small, light)}
    return np.array([found[name] for name in NAMES], np.float32)


def _small(pixels: Pixels) -> Plane:
    from PIL import Image

    resized = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(resized, np.float32) / 255.0


def _light(light: Plane) -> dict[str, float]:
    low, high = np.percentile(light, (5, 95))
    quarter = SIDE // 4
    thirds = zip(FIELDS, np.array_split(light, 3), strict=True)
    return {
        "light": float(light.mean()), "light_spread": float(light.std()),
        "light_low": float(low), "light_high": float(high),
        **{f"light_{field}": float(part.mean()) for field, part in thirds},
        "light_centre": float(light[quarter:-quarter, quarter:-quarter].mean() - light.mean()),
    }  # fmt: skip


def _colour(rgb: Plane, light: Plane) -> dict[str, float]:
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    most, chroma = rgb.max(axis=2), rgb.max(axis=2) - rgb.min(axis=2)
    saturation = chroma / np.maximum(most, 1e-3)
    sixths = np.floor(_hue(rgb, chroma) + 0.5).astype(np.int64) % 6
    shares = np.bincount(sixths.ravel(), weights=chroma.ravel(), minlength=6) / chroma.size
    across, along = red - green, (red + green) / 2 - blue
    spread = np.hypot(across.std(), along.std()) + 0.3 * np.hypot(across.mean(), along.mean())
    bloody = (red > 1.8 * np.maximum(green, blue)) & (light < 0.45)
    return {
        "saturation": float(saturation.mean()), "saturation_spread": float(saturation.std()),
        **{f"hue_{hue}": float(share) for hue, share in zip(HUES, shares, strict=True)},
        "warmth": float((red - blue).mean()), "green_cast": float((green - (red + blue) / 2).mean()),
        "colourfulness": float(spread), "dark_red": float(bloody.mean()),
    }  # fmt: skip


def _hue(rgb: Plane, chroma: Plane) -> Plane:
    """Hue in sixths of the circle, 0 = red; grey counts as red and weighs nothing."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    width = np.maximum(chroma, 1e-6)
    by_most = (((green - blue) / width) % 6, (blue - red) / width + 2, (red - green) / width + 4)
    return np.asarray(np.choose(rgb.argmax(axis=2), by_most), np.float32)


def _edges(light: Plane) -> dict[str, float]:
    down, across = np.gradient(light)
    steep = np.hypot(down, across)
    thirds = zip(FIELDS, np.array_split(steep, 3), strict=True)
    whole = float(steep.sum()) + 1e-6
    return {
        "edges": float(steep.mean()), "edges_strong": float((steep > 0.1).mean()),
        "edges_level": float(np.abs(down).sum()) / whole, "edges_upright": float(np.abs(across).sum()) / whole,
        **{f"edges_{field}": float(part.mean()) for field, part in thirds},
    }  # fmt: skip


def _texture(rgb: Plane, light: Plane) -> dict[str, float]:
    coarse = light.reshape(SIDE // 8, 8, SIDE // 8, 8)
    return {
        "contrast_fine": float(coarse.std(axis=(1, 3)).mean()),
        "contrast_coarse": float(coarse.mean(axis=(1, 3)).std()),
        "texture": float(np.abs(_laplace(light)).mean()),
        "texture_colour": float(np.mean([np.abs(_laplace(rgb[..., c] - light)).mean() for c in range(3)])),
        "mirror": float(np.abs(light - light[:, ::-1]).mean()),
    }


def _laplace(plane: Plane) -> Plane:
    return np.asarray(4 * plane[1:-1, 1:-1] - plane[:-2, 1:-1] - plane[2:, 1:-1] - plane[1:-1, :-2] - plane[1:-1, 2:])
