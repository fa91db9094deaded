"""Two ways to run the same networks, beside each other: how far their answers are apart, and what each costs."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from diffusers import StableDiffusionPipeline

from ml.imaging.production.onnx_files import Network
from ml.imaging.production.onnx_running import Part, running

TOLERANCE: Final = 1e-3
"""Of a network: the largest difference, as a share of the largest value that eager torch gives."""
GREY_LEVELS: Final = 1.0
"""Of a picture: the largest difference of any pixel's channel, of 255."""
_PROMPTS: Final = ("a calm lake at dawn", "a forest in mist", "a town at night", "a garden in spring, watercolour")

Pictures = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asking:
    """How the pictures that are compared are asked for: as the profile does, but for the number of pictures."""

    steps: int
    guidance: float
    size: int
    pictures: int = 2
    rounds: int = 5


@torch.inference_mode()
def of_network(network: Network, part: Part, rounds: int) -> dict[str, float]:
    """Largest difference from eager, as it is and as a share, and milliseconds of processor time a call of each."""
    inputs = tuple(network.inputs.values())
    expected, answer = network.module(*inputs), part(*inputs)
    apart, largest = float((answer - expected).abs().max()), float(expected.abs().max())
    return {
        "max_abs_difference": apart,
        "share_of_largest": apart / largest,
        "cpu_ms_eager": milliseconds(lambda: network.module(*inputs), rounds),
        "cpu_ms": milliseconds(lambda: part(*inputs), rounds),
    }


def of_pictures(pipeline: StableDiffusionPipeline, parts: Mapping[str, Part], asking: Asking) -> dict[str, float]:
    """The same prompts and seeds in eager torch and by `parts`: grey levels apart, and processor time a picture."""
    expected, eager_ms = painted(pipeline, asking)
    with running(pipeline, parts):
        pictures, ms = painted(pipeline, asking)
    return grey_levels(expected, pictures) | {"cpu_ms_eager": eager_ms, "cpu_ms": ms}


def grey_levels(expected: Pictures, pictures: Pictures) -> dict[str, float]:
    """Largest and mean difference of (N, H, W, 3) pictures in [0, 1], in grey levels of 255. NaN counts as 255."""
    apart = np.nan_to_num(np.abs(pictures - expected) * 255.0, nan=255.0)
    return {"max_grey_levels": float(apart.max()), "mean_grey_levels": float(apart.mean())}


def painted(pipeline: StableDiffusionPipeline, asking: Asking) -> tuple[Pictures, float]:
    """(N, H, W, 3) in [0, 1], one after the other, and the median of processor milliseconds a picture."""
    pipeline.set_progress_bar_config(disable=True)
    pictures, took = list[Any](), list[float]()
    for seed in range(asking.pictures):
        start = time.process_time()
        pictures += list(pipeline(
            [_PROMPTS[seed % len(_PROMPTS)]], num_inference_steps=asking.steps, guidance_scale=asking.guidance,
            height=asking.size, width=asking.size, output_type="np", generator=[torch.Generator().manual_seed(seed)],
        ).images)  # fmt: skip
        took.append((time.process_time() - start) * 1000)
    return np.stack(pictures), _median(took)


def milliseconds(call: Callable[[], object], rounds: int) -> float:
    """Median of processor time; once beforehand, unmeasured."""
    call()
    took = list[float]()
    for _ in range(rounds):
        start = time.process_time()
        call()
        took.append((time.process_time() - start) * 1000)
    return _median(took)


def _median(took: Sequence[float]) -> float:
    return round(float(median(took)), 2)
