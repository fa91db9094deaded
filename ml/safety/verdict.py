"""The types that carry a judgement: `SafePrompt` and `SafeImage` exist only when every layer said yes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

_MINT: Final = object()
"""Held by this package alone. Python cannot forbid reaching for it; a constructor that demands it forbids accidents."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the layers found. Never holds the judged text itself.

    `stage` is the layer that refused, or "all" when none did. `labels` maps a label to its score in [0, 1] and
    `thresholds` to the score from which it is refused. `not_judged` names what no layer here can see.
    """

    allowed: bool
    stage: str
    reason: str
    labels: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    negated: tuple[str, ...] = ()
    not_judged: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape that `manage.py screen` prints."""
        return {
            "allowed": self.allowed,
            "stage": self.stage,
            "labels": {label: round(score, 4) for label, score in self.labels.items()},
            "thresholds": dict(self.thresholds),
            "negated": list(self.negated),
            "not_judged": list(self.not_judged),
            "reason": self.reason,
        }


def passed(
    stage: str,
    reason: str,
    labels: Mapping[str, float] | None = None,
    thresholds: Mapping[str, float] | None = None,
    *,
    negated: tuple[str, ...] = (),
    not_judged: tuple[str, ...] = (),
) -> Verdict:
    """A verdict that allows."""
    return Verdict(allowed=True, stage=stage, reason=reason, labels=labels or {}, thresholds=thresholds or {},
                   negated=negated, not_judged=not_judged)  # fmt: skip


def refused(
    stage: str,
    reason: str,
    labels: Mapping[str, float] | None = None,
    thresholds: Mapping[str, float] | None = None,
    *,
    negated: tuple[str, ...] = (),
    not_judged: tuple[str, ...] = (),
) -> Verdict:
    """A verdict that does not."""
    return Verdict(allowed=False, stage=stage, reason=reason, labels=labels or {}, thresholds=thresholds or {},
                   negated=negated, not_judged=not_judged)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer when anything may not be painted or shown, a layer's failure included."""

    verdict: Verdict


@dataclass(frozen=True, slots=True, init=False)
class SafePrompt:
    """A prompt that every text layer allowed. What `draw()` takes."""

    text: str
    negative: str
    verdict: Verdict

    def __init__(self, text: str, negative: str, verdict: Verdict, *, mint: object) -> None:
        """Refuse whoever is not this package, `dataclasses.replace` with another text included."""
        if mint is not _MINT:
            raise TypeError("a SafePrompt is made by ml.safety.text.screen_text only")
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "negative", negative)
        object.__setattr__(self, "verdict", verdict)


@dataclass(frozen=True, slots=True, init=False, eq=False)
class SafeImage:
    """A picture that every image layer allowed: (H, W, 3) uint8, read-only. What `show()` takes."""

    pixels: npt.NDArray[np.uint8]
    verdict: Verdict

    def __init__(self, pixels: npt.NDArray[np.uint8], verdict: Verdict, *, mint: object) -> None:
        """Keep a read-only copy, so that the picture shown is the picture judged."""
        if mint is not _MINT:
            raise TypeError("a SafeImage is made by ml.safety.image.screen_image only")
        kept = pixels.copy()
        kept.flags.writeable = False
        object.__setattr__(self, "pixels", kept)
        object.__setattr__(self, "verdict", verdict)
