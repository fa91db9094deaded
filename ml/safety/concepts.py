"""The concept layer: violence, gore, weapons, means of self-harm and the patient's own triggers, read by a CLIP.

None ships that can. A folder is installed once a process, put to the test, and judges only what it was found able to.
A painter that could paint anything is loaded only with the `not_judged()` of the process that judges its pictures.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.prompting.triggers import named_in
from ml.safety.against import Look, Pixels
from ml.safety.concepts_check import Proof, prove
from ml.safety.concepts_clip import Clip, Vectors
from ml.safety.thresholds import refused_from
from ml.safety.verdict import Verdict, passed, refused

CONCEPTS: Final = ("violence", "gore", "weapons", "self_harm")
TRIGGERS: Final = "triggers"
OWN_WORDS: Final = "own_words"
_FILE: Final = Path(__file__).parent / "concepts.toml"
_place: Final[list["Eyes"]] = []


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """An installed CLIP, and what it was found able to judge."""

    clip: Clip
    proof: Proof

    @property
    def sees(self) -> bool:
        """Whether it names what it is shown; then it may judge triggers and intent, too."""
        return self.proof.sees

    @property
    def judged(self) -> frozenset[str]:
        return self.proof.judged

    def nearer(self, pixels: Pixels, texts: tuple[str, ...], others: tuple[str, ...]) -> float:
        """The chance in [0, 1] that a view is nearer to one of `texts` than to any of `others`; the highest counts."""
        return chance(self.clip, self.clip.views(pixels), texts, others)


@cache
def rules() -> dict[str, Any]:
    """The texts and limits, as `concepts.toml` has them."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def install(folder: Path | None, device: str = "cpu") -> Eyes | None:
    """Judge with the CLIP of this folder from now on, in this process; with none where it is None.

    Raises:
        ClipMissing: the folder holds none. Nothing is installed then: a setting that is wrong is no permission.
    """
    _place.clear()
    if folder is None:
        return None
    clip = Clip(folder, device)
    _place.append(Eyes(clip, prove(clip, rules())))
    return _place[0]


def installed() -> Eyes | None:
    return _place[0] if _place else None


def not_judged() -> tuple[str, ...]:
    """The concepts that nothing here can see. A painter that could paint them needs something that can."""
    eyes = installed()
    return tuple(name for name in CONCEPTS if eyes is None or name not in eyes.judged)


def judge(look: Look) -> Verdict:
    """Refuse what shows a concept or one of the patient's triggers; what cannot be judged is named."""
    eyes, triggers = installed(), look.against.triggers
    blind = (*not_judged(), *_unseen(eyes, triggers))
    if eyes is None or not eyes.sees:
        return passed("concepts", "nothing here reads concepts", not_judged=blind)
    views = eyes.clip.views(look.pixels)
    scores, thresholds = _of_concepts(eyes, views), {}
    for name in scores:
        thresholds[name] = refused_from(name, rules()["concepts"][name]["refused_from"])
    for number, trigger in enumerate(triggers, start=1):
        label = trigger_label(trigger, number)
        scores[label] = _of_trigger(eyes, views, trigger)
        thresholds[label] = refused_from(TRIGGERS, rules()["triggers"]["refused_from"])
    shown = [label for label, score in scores.items() if not score < thresholds[label]]
    if shown:
        return refused("concepts", f"may show {', '.join(shown)}", scores, thresholds, not_judged=blind)
    return passed("concepts", "shows nothing that it was looked through for", scores, thresholds, not_judged=blind)


def trigger_label(trigger: str, number: int) -> str:
    """The name of a trigger's score. A patient's own word stays out of the log: it is named by its place."""
    return f"trigger:{trigger}" if trigger in rules()["triggers"]["texts"] else f"trigger:own_{number}"


def chance(clip: Clip, views: Vectors, texts: tuple[str, ...], others: tuple[str, ...]) -> float:
    """See `Eyes.nearer`."""
    return _nearer(clip, views, _encoded(clip, texts), others)


def _nearer(clip: Clip, views: Vectors, encoded: Vectors, others: tuple[str, ...]) -> float:
    near = (views @ encoded.T).max(axis=1)
    beside = (views @ _encoded(clip, others).T).max(axis=1)
    return float((1 / (1 + np.exp(-clip.scale * (near - beside)))).max())


def _of_concepts(eyes: Eyes, views: Vectors) -> dict[str, float]:
    neutral = tuple(rules()["neutral"]["texts"])
    texts = {name: tuple(rules()["concepts"][name]["texts"]) for name in CONCEPTS if name in eyes.judged}
    return {name: chance(eyes.clip, views, own, neutral) for name, own in texts.items()}


def _of_trigger(eyes: Eyes, views: Vectors, trigger: str) -> float:
    known = rules()["triggers"]["texts"].get(trigger)
    texts = tuple(known or (f"a picture of {trigger}", f"a painting of {trigger}", trigger))
    others = tuple(text for text in rules()["neutral"]["texts"] if not named_in(text, {trigger}) and text not in texts)
    # A patient's own words are encoded each time: what is remembered here outlives the erasure of the patient.
    encoded = _encoded(eyes.clip, texts) if known else eyes.clip.texts(texts)
    return _nearer(eyes.clip, views, encoded, others)


def _unseen(eyes: Eyes | None, triggers: tuple[str, ...]) -> tuple[str, ...]:
    """What of the patient's triggers nobody vouches for: all without eyes; free words always, no proof covers them."""
    if not triggers:
        return ()
    if eyes is None or not eyes.sees:
        return (TRIGGERS,)
    return (OWN_WORDS,) if any(one not in rules()["triggers"]["texts"] for one in triggers) else ()


@cache
def _encoded(clip: Clip, texts: tuple[str, ...]) -> Vectors:
    return clip.texts(texts)
