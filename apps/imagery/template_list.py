"""Which templates a reader asked for, a page of them, and which one comes next. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from apps.imagery.reviews import DRAFT, STATES
from apps.imagery.template_selectors import StandingTemplate
from ml.vocabulary import EMOTIONS, TECHNIQUES

PAGE: Final = 30
FIRST: Final = "doubted"
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "technique": TECHNIQUES,
    "emotion": EMOTIONS,
    "state": STATES,
    "first": (FIRST,),
}
"""What can be filtered by, and the values of each."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters that are set, each with one of its values; all of them must hold."""

    wanted: Mapping[str, str]

    @property
    def query(self) -> str:
        """As an address has them."""
        return "&".join(f"{name}={value}" for name, value in self.wanted.items())

    def of(self, every: Sequence[StandingTemplate]) -> list[StandingTemplate]:
        """Those that pass every filter."""
        return [one for one in every if all(value in _facts(one)[name] for name, value in self.wanted.items())]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands around one template among those asked for; None where nothing does."""

    before: StandingTemplate | None
    after: StandingTemplate | None
    next_draft: StandingTemplate | None


def asked(query: Mapping[str, str]) -> Asked:
    """The filters of a query; unknown names and values filter nothing."""
    return Asked({name: query[name] for name, values in CHOICES.items() if query.get(name) in values})


def counts(every: Sequence[StandingTemplate]) -> dict[str, int]:
    """How many stand in each state."""
    found = Counter(one.state for one in every)
    return {state: found[state] for state in STATES}


def part(found: Sequence[StandingTemplate], after: str) -> tuple[list[StandingTemplate], str]:
    """PAGE templates from behind the one named, and behind which the next page starts ("": there is none)."""
    start = _place(found, after) + 1
    shown = list(found[start : start + PAGE])
    return shown, shown[-1].id if start + PAGE < len(found) else ""


def neighbours(every: Sequence[StandingTemplate], filters: Asked, template_id: str) -> Neighbours:
    """Before and after it among those asked for; one that just left them (it was reviewed) keeps its place."""
    own = _place(every, template_id)
    found = filters.of(every)
    places = {one.id: place for place, one in enumerate(every)}
    before = [one for one in found if places[one.id] < own]
    after = [one for one in found if places[one.id] > own]
    drafts = [one for one in (*after, *before) if one.state == DRAFT]
    return Neighbours(_first(before[::-1]), _first(after), _first(drafts))


def _place(found: Sequence[StandingTemplate], template_id: str) -> int:
    return next((place for place, one in enumerate(found) if one.id == template_id), -1)


def _first(found: Sequence[StandingTemplate]) -> StandingTemplate | None:
    return next(iter(found), None)


def _facts(one: StandingTemplate) -> dict[str, tuple[str, ...]]:
    template = one.template
    return {
        "technique": (template.technique,),
        "emotion": template.emotions,
        "state": (one.state,),
        "first": (FIRST,) if template.why_first else (),
    }
