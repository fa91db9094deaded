"""Whether networks that were built for another engine still paint at all: some builds give black pictures, or none."""

from collections.abc import Mapping

import numpy as np
from diffusers import StableDiffusionPipeline

from ml.imaging.production.beside import Asking, painted
from ml.imaging.production.onnx_running import Part, running
from ml.safety.picture import spoilt


class PaintsBlank(Exception):
    """What was built gives pictures with nothing in them. Don't use it: build it anew, with less precision saved."""


def refuse_blank(pipeline: StableDiffusionPipeline, parts: Mapping[str, Part], asking: Asking) -> None:
    """Paint by `parts`. Raises PaintsBlank, naming the picture, when one is not finite or blank."""
    with running(pipeline, parts):
        pictures, _ = painted(pipeline, asking)
    for number, picture in enumerate(pictures):
        if not np.isfinite(picture).all():
            raise PaintsBlank(f"picture {number} holds values that are no numbers")
        if spoilt((picture * 255).round().astype(np.uint8)) == "blank":
            raise PaintsBlank(f"picture {number} is blank")
