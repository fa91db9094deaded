"""The hand that painted it: a soft photograph, watercolour, gouache, ink wash or paper, over the finished picture."""

import numpy as np

from ml.scenes.canvas import Canvas, blur, mix, rgb
from ml.scenes.light import Light
from ml.scenes.noise import Array, fractal, smoothstep
from ml.scenes.paper import cut_paper
from ml.scenes.spec import SceneSpec

_PAPER = rgb(250, 246, 238)


def apply_style(canvas: Canvas, spec: SceneSpec, light: Light) -> None:
    """Change the picture in place."""
    if spec.style == "watercolour":
        _watercolour(canvas, spec)
    elif spec.style == "gouache":
        _gouache(canvas, spec)
    elif spec.style == "ink":
        _ink(canvas, spec)
    elif spec.style == "paper":
        picture = blur(_smear(canvas, spec, 0.006), 0.005 * canvas.shape[0])
        canvas.pixels = cut_paper(picture, spec.seed)
    else:
        _photo(canvas)


def _photo(canvas: Canvas) -> None:
    """A soft bloom around the light, and slightly darker corners."""
    bloom = np.clip(canvas.blurred(0.03) - 0.62, 0.0, 1.0) * 0.5
    canvas.pixels = 1 - (1 - canvas.pixels) * (1 - bloom)
    corner = ((canvas.x / canvas.aspect - 0.5) ** 2 + (canvas.y - 0.5) ** 2).astype(np.float32)
    canvas.pixels *= (1 - 0.26 * smoothstep(0.16, 0.62, corner))[..., None]


def _watercolour(canvas: Canvas, spec: SceneSpec) -> None:
    """Pale washes that run a little, pigment gathered at edges, and paper left bare around."""
    picture = _smear(canvas, spec, 0.012)
    wash = blur(picture, 0.008 * canvas.shape[0])
    edges = np.clip(np.abs(wash - blur(picture, 0.025 * canvas.shape[0])).mean(axis=2), 0, 0.2)
    pigment = fractal(spec.rng("pigment"), canvas.shape, (5.0, 5.0), 5, 0.6)
    painted = mix(wash, _PAPER, 0.2) * (1 - 1.1 * edges - 0.06 * pigment)[..., None]
    rim = np.minimum(np.minimum(canvas.x, canvas.aspect - canvas.x), np.minimum(canvas.y, 1 - canvas.y))
    bare = smoothstep(0.075, 0.03, rim + 0.028 * fractal(spec.rng("rim"), canvas.shape, (6.0, 6.0), 3))
    canvas.pixels = mix(np.asarray(painted, np.float32), _PAPER, bare[..., None])


def _gouache(canvas: Canvas, spec: SceneSpec) -> None:
    """Opaque dabs: colours in soft steps, edges moved by the brush."""
    picture = blur(_smear(canvas, spec, 0.009), 0.006 * canvas.shape[0])
    dab = fractal(spec.rng("dab"), canvas.shape, (22.0, 10.0), 2)
    grey = picture.mean(axis=2)
    scaled = (grey + 0.022 * dab) * 9.0
    whole = np.floor(scaled)
    stepped = (whole + smoothstep(0.2, 0.8, np.asarray(scaled - whole, np.float32))) / 9.0
    rich = mix(grey[..., None], picture, 1.22) + (stepped - grey)[..., None]
    canvas.pixels = np.asarray(np.clip(rich, 0, 1), np.float32)


def _ink(canvas: Canvas, spec: SceneSpec) -> None:
    """Ink washes on warm paper, tinted by the scene: contrast is stretched, brightness stays with the hour."""
    picture = blur(_smear(canvas, spec, 0.008), 0.004 * canvas.shape[0])
    grey = picture.mean(axis=2, keepdims=True)
    low, high = np.percentile(grey, (2, 98))
    spread = np.clip((grey - low) / max(float(high - low), 0.25), 0, 1)
    tone = np.clip(mix(spread, np.asarray(grey * 1.16, np.float32), 0.62), 0, 1)
    wash = fractal(spec.rng("wash"), canvas.shape, (4.0, 4.0), 4)[..., None] * 0.04
    inked = mix(rgb(34, 40, 58), _PAPER, np.asarray(np.clip(tone + wash, 0, 1), np.float32))
    canvas.pixels = np.asarray(np.clip(inked + (picture - grey) * 0.64, 0, 1), np.float32)


def _smear(canvas: Canvas, spec: SceneSpec, reach: float) -> Array:
    """The picture with every point moved a little by noise, as wet paint moves."""
    height, width = canvas.shape
    dx, dy = (
        fractal(spec.rng(part), canvas.shape, (14.0, 14.0), 2) * reach * height for part in ("smear x", "smear y")
    )
    rows = np.clip(np.arange(height)[:, None] + dy, 0, height - 1).astype(int)
    columns = np.clip(np.arange(width)[None, :] + dx, 0, width - 1).astype(int)
    return np.asarray(canvas.pixels[rows, columns], dtype=np.float32)
