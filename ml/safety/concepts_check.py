"""Whether a CLIP can judge at all. A folder is not believed: a CLIP trained on calm scenes knows no gore.

Three proofs. It names the kinds of our own scenes from their pixels (so its two halves agree). It places other words
for a concept with that concept (so it knows the words). And it does not place harmless words there that it may not
know either. What cannot be proved here is that it would know such a picture: none is in this project.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ml.safety.concepts_clip import Clip, Vectors
from ml.scenes.library import VettedScene, entries
from ml.scenes.spec import KINDS

SEES_FROM: Final = 0.5
"""Share of vetted scenes whose kind it must name, of twelve kinds; chance is 1/12."""
KNOWS_FROM: Final = 0.8
"""Share of a concept's proof texts that it must place with the concept, and of harmless ones that it must not."""
A_KIND: Final = 2
SIDE: Final = 128
_PLACES: Final = {"night_sky": "a starry night sky", "room": "a room with a window", "path": "a path"}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found: the share of scenes named, and for each concept the shares placed and rightly not placed."""

    named: float
    placed: Mapping[str, float]
    spared: Mapping[str, float]

    @property
    def sees(self) -> bool:
        return self.named >= SEES_FROM

    @property
    def judged(self) -> frozenset[str]:
        """The concepts that it may judge."""
        able = {name for name, share in self.placed.items() if min(share, self.spared[name]) >= KNOWS_FROM}
        return frozenset(able) if self.sees else frozenset()


def prove(clip: Clip, rules: Mapping[str, Any]) -> Proof:
    """Put a CLIP to the test: two scenes of each kind and a few dozen texts."""
    neutral = clip.texts(rules["neutral"]["texts"])
    harmless = clip.texts(rules["neutral"]["proof"])
    placed, spared = {}, {}
    for name, concept in rules["concepts"].items():
        own = clip.texts(concept["texts"])
        placed[name] = float(_nearer(clip.texts(concept["proof"]), own, neutral).mean())
        spared[name] = float(1 - _nearer(harmless, own, neutral).mean())
    return Proof(_named(clip), placed, spared)


def _nearer(texts: Vectors, own: Vectors, others: Vectors) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    return np.asarray((texts @ own.T).max(axis=1) > (texts @ others.T).max(axis=1))


def _named(clip: Clip) -> float:
    scenes = proof_scenes()
    words = clip.texts([f"a picture of {_PLACES.get(kind, f'a {kind}')}" for kind in KINDS])
    seen = clip.pictures([scene.pixels(SIDE, SIDE) for scene in scenes])
    named = (seen @ words.T).argmax(axis=1)
    return float(np.mean([KINDS[index] == scene.spec.kind for index, scene in zip(named, scenes, strict=True)]))


def proof_scenes() -> Sequence[VettedScene]:
    """The first photo-like scenes by day of each kind; the night sky at night."""
    plain = [one for one in entries() if one.spec.style == "photo" and (one.spec.time == "night") == _at_night(one)]
    return [one for kind in KINDS for one in [scene for scene in plain if scene.spec.kind == kind][:A_KIND]]


def _at_night(scene: VettedScene) -> bool:
    return scene.spec.kind == "night_sky"
