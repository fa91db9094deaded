"""What is compiled anew for each shape is run once in each before anybody waits for it."""

import torch
from diffusers import DiffusionPipeline

from ml.imaging.profiles import Profile


@torch.inference_mode()
def warm(pipeline: DiffusionPipeline, profile: Profile, buckets: tuple[int, ...]) -> None:
    """Paint a step of nothing in every batch size, as the painter will ask: a minute and more on a GPU.

    In inference mode, as the painter paints: what was compiled outside it is compiled once more inside.

    Raises:
        torch.OutOfMemoryError: the largest batch does not fit.
    """
    for bucket in buckets:
        pipeline(
            [""] * bucket, num_inference_steps=1, guidance_scale=profile.guidance, output_type="np",
            height=profile.size, width=profile.size,
        )  # fmt: skip
