"""The hard exclusions. They come first, nothing relaxes them, and they read the finished words, not only the tags."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from ml.prompting.phrase import Words, slot_values, words
from ml.prompting.state import Preferences, State
from ml.prompting.template import Template
from ml.prompting.triggers import named_in, plain
from ml.prompting.triggers import words as trigger_words

AVOIDED_WORDS: Final = 5
"""How many words of a trigger's tag go into the negative prompt: enough to steer, few enough to be read."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that may be shown to this patient now, in finished words."""

    template: Template
    words: Words


def candidates(
    templates: Iterable[Template],
    state: State,
    preferences: Preferences,
    triggers: frozenset[str],
    style: str,
    seed: int,
) -> tuple[tuple[Candidate, ...], int]:
    """The templates that stand, ready to show, and how many the triggers took away. `triggers` are canonical."""
    avoid = tuple(word for trigger in sorted(triggers) for word in _steer_away(trigger))
    state = _without_named_season(state, triggers)
    stand, taken = [], 0
    for template in templates:
        if not _may_be_shown(template, state, preferences):
            continue
        finished = words(template, state, style, avoid, seed)
        if names_a_trigger(template, finished, triggers):
            taken += 1
            continue
        stand.append(Candidate(template, finished))
    return tuple(stand), taken


def names_a_trigger(template: Template, finished: Words, triggers: frozenset[str]) -> bool:
    """Whether the template is marked with a trigger, or its finished prompt, alt text or line names one."""
    said = " ".join((finished.prompt, finished.alt, finished.line))
    return bool(template.contraindications & triggers or named_in(said, triggers))


def _may_be_shown(template: Template, state: State, preferences: Preferences) -> bool:
    blocked = template.id in preferences.blocked_templates or template.kind in preferences.blocked_kinds
    return not blocked and template.slots() <= slot_values(state).keys()


def _without_named_season(state: State, triggers: frozenset[str]) -> State:
    """Drop a season that is itself a trigger, else every scene of that season would fall away."""
    named = state.season is not None and named_in(state.season, triggers)
    return replace(state, season=None) if named else state


def _steer_away(trigger: str) -> tuple[str, ...]:
    known = trigger_words().get(trigger)
    return (plain(trigger),) if known is None else tuple(word.removesuffix("*") for word in known[:AVOIDED_WORDS])
