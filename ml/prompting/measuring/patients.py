"""Simulated patients, to measure how fast the engine learns. They are made up: what real ones answer, a trial can show.

Half of what a patient likes about a picture is of a kind that the engine has no feature for, and what they like drifts.
What an engine may be told of their progress says something of what each way of working does for them, and little.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.prompting.choose import LEANING
from ml.prompting.library import templates
from ml.prompting.progress import BETTER, PRACTISED, SAME, WORSE, Progress
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.technique import leanings
from ml.prompting.template import LOCAL
from ml.scenes.spec import KINDS, PALETTES, STYLES, TIMES, WEATHERS
from ml.vocabulary import EMOTIONS, TECHNIQUES

HIDDEN_GROUPS: Final = 10
"""Groups that nothing in the engine knows of: a template's is a hash of its id."""
TASTES: Final = {"kind": 0.4, "style": 0.3, "palette": 0.15, "time": 0.1, "weather": 0.1}
"""Standard deviation over patients of what each visible taste adds to a response in [-1, 1]."""
HIDDEN: Final = float(np.sqrt(sum(spread**2 for spread in TASTES.values())))
"""As much again, as variance, comes from the hidden group."""
OWN_WAY: Final = 0.15
"""How far a technique's true effect in an emotion is from what the rules lean to, as a standard deviation."""
UNFIT: Final = 0.4
"""What a scene loses that was written for other emotions than the one felt."""
DRIFT: Final = 0.995
"""Correlation of a taste with itself one picture later."""
NOISE: Final = 0.2
"""Standard deviation of a rating about the worth, before it is rounded to one of five."""
FACE_NOISE: Final = 0.6
"""… and of what the face shows."""
UNRATED: Final = 0.3
FELT: Final = (0.15, 0.05, 0.2, 0.1, 0.25, 0.05, 0.2)
"""How often each emotion is felt, in the order of EMOTIONS."""
EXERCISE_NOISE: Final = 0.1
"""Standard deviation of the mean change after exercises about twice what the technique's pictures do on average."""
SESSIONS_PICTURES: Final = 8
"""A questionnaire says how the last so many pictures were, against the first so many …"""
TELLING: Final = 0.1
"""… where they differ by more than this."""

_WORDS: Final = {"kind": KINDS, "style": STYLES, "palette": PALETTES, "time": TIMES, "weather": WEATHERS}


@dataclass
class Patient:
    """One made-up person: tastes, ways, and the randomness that moves them. Changes with each picture."""

    random: np.random.Generator
    tastes: dict[str, NDArray[np.float64]]
    hidden: NDArray[np.float64]
    ways: dict[tuple[str, str], float]
    exercises: dict[str, float]

    @classmethod
    def born(cls, seed: int) -> "Patient":
        random = np.random.default_rng(seed)
        tastes = {name: random.normal(0, TASTES[name], len(words)) for name, words in _WORDS.items()}
        ways: dict[tuple[str, str], float] = {
            (technique, emotion): random.normal(0, OWN_WAY) for technique in TECHNIQUES for emotion in EMOTIONS
        }
        return cls(random, tastes, random.normal(0, HIDDEN, HIDDEN_GROUPS), ways, _after_exercises(ways, seed))

    def feels(self) -> State:
        """How this person comes to the next picture."""
        return State(str(self.random.choice(EMOTIONS, p=FELT)), intensity=round(float(self.random.beta(2, 2.5)), 3))

    def worths(self, state: State, styles: tuple[str, ...]) -> NDArray[np.float64]:
        """(templates, styles) responses to be expected in this state, in [-1, 1]."""
        places = _places()
        scene = sum(self.tastes[name][places[name]] for name in ("kind", "palette", "time", "weather"))
        own = scene + self.hidden[places["hidden"]] + self._fit(state)
        worths = np.asarray(own)[:, None] + self.tastes["style"][[STYLES.index(style) for style in styles]][None, :]
        return worths.clip(-1, 1)

    def answers(self, template: str, style: str, state: State, worth: float) -> Shown:
        """The picture as it was taken: rated or not, and what the face showed. Then the tastes drift."""
        rating = round(2 * self._near(worth, NOISE))
        silent = self.random.random() < UNRATED
        taken = Shown(
            template, state.emotion, None if silent else rating, style=style, felt=self._near(worth, FACE_NOISE)
        )
        for name in TASTES:
            self.tastes[name] = self._drifted(self.tastes[name], TASTES[name])
        self.hidden = self._drifted(self.hidden, HIDDEN)
        return taken

    def progress(self, worths: Sequence[float]) -> Progress:
        """What an engine may be told after pictures of these worths: exercises, and in time a questionnaire."""
        if len(worths) < 2 * SESSIONS_PICTURES:
            return Progress(exercises=self.exercises)
        rise = float(np.mean(worths[-SESSIONS_PICTURES:]) - np.mean(worths[:SESSIONS_PICTURES]))
        course = BETTER if rise > TELLING else WORSE if rise < -TELLING else SAME
        return Progress({"phq9": course}, self.exercises)

    def _near(self, worth: float, spread: float) -> float:
        return float(np.clip(worth + self.random.normal(0, spread), -1, 1))

    def _fit(self, state: State) -> NDArray[np.float64]:
        """(templates,): what the technique does for this person in this state, and how the strength suits."""
        leans, _ = leanings(state, (), Preferences())
        middle = float(np.mean(list(leans.values())))
        effects = {name: LEANING * (leans[name] - middle) + self.ways[name, state.emotion] for name in TECHNIQUES}
        effect = np.array([effects[name] for name in TECHNIQUES])
        fit: NDArray[np.float64] = effect[_places()["technique"]] - _misfits(state)
        return fit

    def _drifted(self, taste: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = DRIFT * taste + np.sqrt(1 - DRIFT**2) * self.random.normal(0, spread, len(taste))
        return moved


def _after_exercises(ways: dict[tuple[str, str], float], seed: int) -> dict[str, float]:
    """Technique to mean change; randomness apart, so that it moves nothing else of this person."""
    random = np.random.default_rng((seed, 2))
    changes: dict[str, float] = {}
    for technique in sorted(PRACTISED):
        effect = sum(felt * ways[technique, emotion] for felt, emotion in zip(FELT, EMOTIONS, strict=True))
        changes[technique] = float(np.clip(2 * effect + random.normal(0, EXERCISE_NOISE), -1, 1))
    return changes


def _misfits(state: State) -> NDArray[np.float64]:
    """(templates,): what each loses by being written for another strength or other emotions."""
    low, high = _strengths().T
    fits = _fitting(state.emotion)
    strength = np.maximum(np.maximum(low - state.intensity, state.intensity - high), 0)
    return np.asarray(strength + np.where(fits, 0, UNFIT))


@cache
def _places() -> dict[str, NDArray[np.int64]]:
    """Where each template stands in each taste."""
    found = {
        name: np.array([words.index(_at_noon(getattr(one, name))) for one in templates()])
        for name, words in _WORDS.items()
        if name != "style"
    }
    found["technique"] = np.array([TECHNIQUES.index(one.technique) for one in templates()])
    digests = [hashlib.sha256(one.id.encode()).digest()[0] for one in templates()]
    return found | {"hidden": np.array(digests) % HIDDEN_GROUPS}


@cache
def _strengths() -> NDArray[np.float64]:
    return np.array([one.intensity for one in templates()])


@cache
def _fitting(emotion: str) -> NDArray[np.bool_]:
    return np.array([emotion in one.emotions for one in templates()])


def _at_noon(word: str) -> str:
    """These patients live at no hour: a scene of one's own hour is one by day to them."""
    return "day" if word == LOCAL else word
