"""No hard rule is ever broken, read off the finished words by means of this file's own, not by the engine's verdict."""

import re
import tomllib
from pathlib import Path
from random import Random

import ml.prompting
from ml.prompting.choose import NothingStands, choose
from ml.prompting.eligible import candidates, finished
from ml.prompting.library import by_id
from ml.prompting.progress import COURSES, Progress
from ml.prompting.slots import goals, liked_places
from ml.prompting.state import DAY_TIMES, SEASONS, Preferences, State
from ml.prompting.technique import DISTRESS_LIMIT, EXPOSURE_LIMIT, FLOODED
from ml.scenes.spec import KINDS, STYLES
from ml.vocabulary import EMOTIONS, TECHNIQUES

PROMPTS = 100_000
DECISIONS = 200
HARD = ("anger", "disgust", "fear", "sadness")
WORDS = tomllib.loads((Path(ml.prompting.__file__).parent / "triggers.toml").read_text("utf-8"))
OWN_WORDS = ("clock", "grandmother", "willow", "bench", "kite", "candle")


class Banned:
    """Words that a text must not hold: not as they are, not in the plural, not begun by them where a star says so."""

    def __init__(self, triggers: frozenset[str]) -> None:
        words = [word for trigger in triggers for word in WORDS.get(trigger, (f"{trigger}*",))]
        self._phrases = tuple(word for word in words if " " in word or "-" in word)
        single = [word for word in words if word not in self._phrases]
        self._exact = {word + end for word in single if not word.endswith("*") for end in ("", "s", "es")}
        self._begun = tuple(word[:-1] for word in single if word.endswith("*"))

    def said(self, text: str) -> list[str]:
        low = text.lower()
        tokens = re.findall(r"[a-zà-ÿ]+", low)
        found = [token for token in tokens if token in self._exact or (self._begun and token.startswith(self._begun))]
        return found + [phrase for phrase in self._phrases if phrase in low]


def drawn(random: Random) -> tuple[State, Preferences, frozenset[str], str]:
    triggers = random.sample([*WORDS, *OWN_WORDS], random.choice((0, 1, 2, 4)))
    state = State(
        random.choice(EMOTIONS), random.random(), distress=random.choice((None, random.randrange(101))),
        season=random.choice((None, *SEASONS)), day_time=random.choice((None, *DAY_TIMES)),
    )  # fmt: skip
    preferences = Preferences(
        blocked_kinds=frozenset(random.sample(KINDS, random.choice((0, 0, 1, 3)))),
        blocked_templates=frozenset(random.sample(sorted(by_id()), 20)),
        blocked_techniques=frozenset(random.sample(TECHNIQUES, random.choice((0, 0, 1)))),
        blocked_styles=frozenset(random.sample(STYLES, random.choice((0, 0, 1)))),
        closed_templates=frozenset(random.sample(sorted(by_id()), 20)),
        techniques=tuple(random.sample(TECHNIQUES, random.choice((0, 1)))),
        goals=tuple(random.sample(sorted(goals()), random.choice((0, 1, 3)))),
        liked_places=tuple(random.sample(sorted(liked_places()), random.choice((0, 1, 3)))),
        intensity_ceiling=random.choice((None, 0.0, 0.4, 0.8)),
        language=random.choice(("", "en", "de-CH")),
        open_templates=frozenset(random.sample(sorted(by_id()), 600)) if random.random() < 0.3 else None,
        ladder_approved=random.random() < 0.5,
        calming=random.random() < 0.2,
    )
    return state, preferences, frozenset(triggers), random.choice(STYLES)


def test_no_prompt_that_may_be_chosen_names_a_trigger_or_shows_what_is_blocked() -> None:
    random, checked = Random(0), 0
    while checked < PROMPTS:
        state, preferences, triggers, style = drawn(random)
        stand, _ = candidates(state, preferences, triggers, style, frozenset(TECHNIQUES), checked)
        banned = Banned(triggers)
        for one in stand:
            said = finished(one, triggers, checked)
            text = f"{said.prompt} {said.alt} {said.line}"
            assert not banned.said(text), (text, triggers)
            assert said.scene.kind not in preferences.blocked_kinds
            assert one.template.id not in preferences.blocked_templates | preferences.closed_templates
            assert one.template.id in (preferences.open_templates or by_id())
            assert one.personal.liked_place not in preferences.blocked_kinds
            assert "{" not in text
            checked += 1


def test_no_decision_breaks_a_limit() -> None:
    random = Random(1)
    for seed in range(DECISIONS):
        state, preferences, triggers, _ = drawn(random)
        progress = Progress({"phq-9": random.choice(COURSES), "gad-7": random.choice(COURSES)})
        asked = random.choice((None, *TECHNIQUES))
        try:
            choice = choose(state, (), preferences, triggers, asked, seed, progress)
        except NothingStands:
            continue
        flooded = state.emotion in HARD and (state.intensity >= FLOODED or (state.distress or 0) >= DISTRESS_LIMIT)
        unbearable = flooded or state.intensity >= EXPOSURE_LIMIT
        ceiling = preferences.intensity_ceiling
        if preferences.calming or (ceiling is not None and state.emotion in HARD and state.intensity > ceiling):
            assert choice.technique == "mindfulness"
        assert choice.technique not in preferences.blocked_techniques
        assert choice.template not in preferences.closed_templates
        assert choice.scene.style not in preferences.blocked_styles
        assert choice.scene.kind not in preferences.blocked_kinds
        if choice.technique == "progressive_exposure":
            assert preferences.ladder_approved
            assert "worse" not in progress.questionnaires.values()
            assert not unbearable
            assert ceiling is None or state.intensity < ceiling
        assert not Banned(triggers).said(f"{choice.prompt} {choice.alt} {choice.line}")
