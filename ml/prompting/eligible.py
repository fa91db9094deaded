"""The hard exclusions. They come first, nothing relaxes them, and they read the finished words, not only the tags."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from ml.prompting.library import templates
from ml.prompting.phrase import Words, negative, slot_values, words
from ml.prompting.state import Preferences, State
from ml.prompting.template import Template
from ml.prompting.triggers import named_in, plain, tags
from ml.prompting.triggers import words as trigger_words

AVOIDED_WORDS: Final = 5
"""How many words of a trigger's tag go into the negative prompt: enough to steer, few enough to be read."""
_WORDINGS: Final = 32
"""Seasons, times of day and styles whose finished words are kept. They hold nothing of any patient."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that may be shown to this patient now, in finished words."""

    template: Template
    words: Words


def candidates(
    state: State, preferences: Preferences, triggers: frozenset[str], style: str, techniques: frozenset[str]
) -> tuple[tuple[Candidate, ...], int]:
    """The templates that stand, and how many the triggers took away. `triggers` are canonical."""
    state = _without_named_season(state, triggers)
    wording = (state.season, state.day_time, style)
    kinds, blocked = preferences.blocked_kinds, preferences.blocked_templates
    open_now = [
        one
        for one in _worded(*wording)
        if one.template.technique in techniques and one.template.kind not in kinds and one.template.id not in blocked
    ]
    out = _out(triggers, wording)
    stand = tuple(one for one in open_now if one.template.id not in out)
    return stand, len(open_now) - len(stand)


def finished(candidate: Candidate, triggers: frozenset[str], seed: int) -> Words:
    """The candidate's words with what is to be kept out of the picture, and the seed of the scene."""
    avoid = tuple(word for trigger in sorted(triggers) for word in _steer_away(trigger))
    scene = replace(candidate.words.scene, seed=seed % 2**31)
    return replace(candidate.words, scene=scene, negative=negative(candidate.template, avoid))


def names_a_trigger(template: Template, said: Words, triggers: frozenset[str]) -> bool:
    """Whether the template is marked with a trigger, or its finished prompt, alt text or line names one."""
    return bool(template.contraindications & triggers or named_in(_spoken(said), triggers))


@lru_cache(_WORDINGS)
def _worded(season: str | None, day_time: str | None, style: str) -> tuple[Candidate, ...]:
    """Every template whose slots have values, in finished words."""
    state = State("neutral", season=season, day_time=day_time)  # words tell nothing of the emotion
    ready = (template for template in templates() if template.slots() <= slot_values(state).keys())
    return tuple(Candidate(template, words(template, state, style)) for template in ready)


def _out(triggers: frozenset[str], wording: tuple[str | None, str | None, str]) -> frozenset[str]:
    """Ids of the templates that a trigger takes away. Known tags are remembered, a patient's own words never."""
    known = triggers & tags()
    found = [_out_by_tag(tag, wording) for tag in known]
    own = triggers - known
    if own:
        found.append(_named(own, wording))
    return frozenset().union(*found)


@lru_cache(_WORDINGS * 16)
def _out_by_tag(tag: str, wording: tuple[str | None, str | None, str]) -> frozenset[str]:
    return _named(frozenset({tag}), wording)


def _named(triggers: frozenset[str], wording: tuple[str | None, str | None, str]) -> frozenset[str]:
    return frozenset(one.template.id for one in _worded(*wording) if names_a_trigger(one.template, one.words, triggers))


def _spoken(said: Words) -> str:
    return f"{said.prompt} {said.alt} {said.line}"


def _without_named_season(state: State, triggers: frozenset[str]) -> State:
    """Drop a season that is itself a trigger, else every scene of that season would fall away."""
    named = state.season is not None and named_in(state.season, triggers)
    return replace(state, season=None) if named else state


def _steer_away(trigger: str) -> Iterable[str]:
    known = trigger_words().get(trigger)
    return (plain(trigger),) if known is None else tuple(word.removesuffix("*") for word in known[:AVOIDED_WORDS])
