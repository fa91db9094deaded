"""Which of a patient's pictures a clinician asked for, and a page of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from apps.imagery.selectors import ShownImage
from ml.vocabulary import EMOTIONS, TECHNIQUES

PAGE: Final = 24
RATINGS: Final = ("2", "1", "0", "-1", "-2", "none")
SOURCES: Final = ("painted", "library")
STATES: Final = ("shown", "withdrawn", "aside")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "technique": TECHNIQUES,
    "emotion": EMOTIONS,
    "rating": RATINGS,
    "source": SOURCES,
    "state": STATES,
}
"""What can be filtered by, and the values of each."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters that are set, each with one of its values; all of them must hold."""

    wanted: Mapping[str, str]

    def takes(self, image: ShownImage) -> bool:
        """Whether a picture passes every filter."""
        return all(value in _facts(image)[name] for name, value in self.wanted.items())


def asked(query: Mapping[str, str]) -> Asked:
    """The filters of a query; unknown names and values filter nothing."""
    return Asked({name: query[name] for name, values in CHOICES.items() if query.get(name) in values})


def part(found: Sequence[ShownImage], after: str) -> tuple[list[ShownImage], UUID | None]:
    """PAGE pictures from behind the one named, and behind which the next page starts (None: there is none)."""
    places = [index for index, image in enumerate(found) if str(image.image_id) == after]
    start = places[0] + 1 if places else 0
    shown = list(found[start : start + PAGE])
    return shown, shown[-1].image_id if start + PAGE < len(found) else None


def _facts(image: ShownImage) -> dict[str, tuple[str, ...]]:
    states = {"withdrawn": image.withdrawn, "aside": image.set_aside}
    hidden = tuple(state for state, holds in states.items() if holds)
    return {
        "technique": (image.technique,),
        "emotion": (image.emotion,),
        "rating": ("none" if image.rating is None else str(image.rating),),
        "source": ("library" if image.fallback else "painted",),
        "state": hidden or ("shown",),
    }
