"""The hard exclusions. They come first, nothing relaxes them, and they read the finished words, not only the tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from ml.prompting import slots
from ml.prompting.library import templates
from ml.prompting.phrase import SEASON, Words, negative, slot_values, words
from ml.prompting.slots import NOBODY, Personal, Value
from ml.prompting.state import SEASONS, Preferences, State
from ml.prompting.template import Template
from ml.prompting.triggers import named_in, plain, tags
from ml.prompting.triggers import words as trigger_words

AVOIDED_WORDS: Final = 5
"""How many words of a trigger's tag go into the negative prompt: enough to steer, few enough to be read."""
FALLBACK: Final = "en"
"""The language of what is said where nothing is written in the patient's own."""
_WORDINGS: Final = 32
"""Seasons, times of day and styles whose finished words are kept. They hold nothing of any patient."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that may be shown to this patient now, in finished words; `personal` filled its slots."""

    template: Template
    words: Words
    personal: Personal = NOBODY


@dataclass(frozen=True, slots=True)
class _Wording:
    """What finished words depend on, beside the template and the patient's own slots."""

    season: str | None
    day_time: str | None
    style: str
    unknown_season: str

    @property
    def state(self) -> State:
        return State("neutral", season=self.season, day_time=self.day_time)  # words tell nothing of the emotion


def candidates(
    state: State,
    preferences: Preferences,
    triggers: frozenset[str],
    style: str,
    techniques: frozenset[str],
    turn: int = 0,
) -> tuple[tuple[Candidate, ...], int]:
    """The templates that stand, and how many the triggers took away. `triggers` are canonical.

    `turn` says which of several goals and liked places has its turn.
    """
    season = None if _named(state.season, triggers) else state.season  # else every scene of that season would fall away
    painted = SEASON if preferences.until_cbt7 else _unnamed_season(triggers)
    wording = _Wording(season, state.day_time, style, painted)
    language = spoken(preferences.language)
    own = _worded_for(wording, _personal(preferences, triggers, turn))
    open_now = [
        one for one in (*_worded(wording), *own)
        if one.template.technique in techniques and one.template.language == language
        and one.template.kind not in preferences.blocked_kinds
        and one.template.id not in preferences.blocked_templates
        and preferences.uses(one.template.id)
    ]  # fmt: skip
    out = _out(triggers, wording) | _naming(own, triggers)
    stand = tuple(one for one in open_now if one.template.id not in out)
    return stand, len(open_now) - len(stand)


def spoken(language: str) -> str:
    """In which language there are templates for someone who asked for `language` (a tag such as "de-CH", or "")."""
    asked = language.partition("-")[0].casefold()
    return asked if any(template.language == asked for template in templates()) else FALLBACK


def finished(candidate: Candidate, triggers: frozenset[str], seed: int) -> Words:
    """The candidate's words with what is to be kept out of the picture, and the seed of the scene."""
    avoid = tuple(word for trigger in sorted(triggers) for word in _steer_away(trigger))
    scene = replace(candidate.words.scene, seed=seed % 2**31)
    return replace(candidate.words, scene=scene, negative=negative(candidate.template, avoid))


def names_a_trigger(template: Template, said: Words, triggers: frozenset[str]) -> bool:
    """Whether the template is marked with a trigger, or its finished prompt, alt text or line names one."""
    return bool(template.contraindications & triggers or named_in(_spoken(said), triggers))


def _personal(preferences: Preferences, triggers: frozenset[str], turn: int) -> Personal:
    """The goal and the place whose turn it is, of those that this patient may be shown."""
    goals = _bearable(slots.goals(), preferences.goals, triggers)
    places = [
        key for key in _bearable(slots.liked_places(), preferences.liked_places, triggers)
        if slots.liked_places()[key].kind not in preferences.blocked_kinds
    ]  # fmt: skip
    return Personal(_at(goals, turn), _at(places, turn))


def _bearable(known: Mapping[str, Value], wanted: Iterable[str], triggers: frozenset[str]) -> list[str]:
    values = (known[key] for key in wanted)
    return [one.key for one in values if not (one.triggers & triggers or named_in(f"{one.shows} {one.says}", triggers))]


def _at(found: list[str], turn: int) -> str | None:
    return found[turn % len(found)] if found else None


@lru_cache(_WORDINGS)
def _worded(wording: _Wording) -> tuple[Candidate, ...]:
    """Every template whose slots have values that are nobody's own, in finished words."""
    known = slot_values(wording.state).keys()
    ready = (template for template in templates() if template.slots() <= known)
    return tuple(Candidate(template, _in_words(template, wording)) for template in ready)


def _worded_for(wording: _Wording, personal: Personal) -> tuple[Candidate, ...]:
    """Every template that holds something of this patient and has a value for each of its slots; never kept."""
    if personal == NOBODY:
        return ()
    known = slot_values(wording.state, personal).keys()
    ready = (one for one in templates() if one.slots() & slots.SLOTS and one.slots() <= known)
    return tuple(Candidate(one, _in_words(one, wording, personal), personal) for one in ready)


def _in_words(template: Template, wording: _Wording, personal: Personal = NOBODY) -> Words:
    return words(template, wording.state, wording.style, personal, wording.unknown_season)


def _out(triggers: frozenset[str], wording: _Wording) -> frozenset[str]:
    """Ids of the templates that a trigger takes away. Known tags are remembered, a patient's own words never."""
    known = triggers & tags()
    found = [_out_by_tag(tag, wording) for tag in known]
    own = triggers - known
    if own:
        found.append(_naming(_worded(wording), own))
    return frozenset().union(*found)


@lru_cache(_WORDINGS * 16)
def _out_by_tag(tag: str, wording: _Wording) -> frozenset[str]:
    return _naming(_worded(wording), frozenset({tag}))


def _naming(found: Iterable[Candidate], triggers: frozenset[str]) -> frozenset[str]:
    return frozenset(one.template.id for one in found if names_a_trigger(one.template, one.words, triggers))


def _spoken(said: Words) -> str:
    return f"{said.prompt} {said.alt} {said.line}"


def _unnamed_season(triggers: frozenset[str]) -> str:
    """What is painted where none is known or may be named: the usual one, or the first that no trigger names."""
    return next((season for season in (SEASON, *SEASONS) if not _named(season, triggers)), SEASON)


def _named(word: str | None, triggers: frozenset[str]) -> bool:
    return word is not None and bool(named_in(word, triggers))


def _steer_away(trigger: str) -> Iterable[str]:
    known = trigger_words().get(trigger)
    return (plain(trigger),) if known is None else tuple(word.removesuffix("*") for word in known[:AVOIDED_WORDS])
