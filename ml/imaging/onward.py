"""Image-to-image: a picture that goes on from the last one begins as that one under noise, and so keeps its place.

After Meng et al., "SDEdit: Guided Image Synthesis and Editing with Stochastic Differential Equations" (ICLR 2022).
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoPipelineForImage2Image, DiffusionPipeline
from torch import Tensor


def picture_to_picture(pipeline: DiffusionPipeline) -> DiffusionPipeline | None:
    """A pipeline of the same networks that begins as a picture; None where diffusers has none for such a model.

    It has a scheduler of its own, since where one picture begins is none of the next one's business.
    """
    scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
    try:
        onward: DiffusionPipeline = AutoPipelineForImage2Image.from_pipe(pipeline, scheduler=scheduler)
    except ValueError:
        return None
    onward.set_progress_bar_config(disable=True)
    return onward


def steps_taken(steps: int, strength: float) -> int:
    """How many of the steps are taken at this strength, as diffusers counts them; 0 leaves the picture as it was."""
    return min(int(steps * strength), steps)


def beginning(pictures: list[npt.NDArray[np.uint8]], side: int, strength: float) -> dict[str, Any]:
    """What such a pipeline is told beside the words. `pictures`: (H, W, 3) RGB bytes of any size."""
    return {"image": torch.stack([_scaled(picture, side) for picture in pictures]), "strength": strength}


def _scaled(picture: npt.NDArray[np.uint8], side: int) -> Tensor:
    """(3, side, side) in [0, 1]."""
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return torch.from_numpy(small).permute(2, 0, 1).float() / 255
