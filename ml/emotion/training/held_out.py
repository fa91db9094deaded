"""Which faces a run held out, by what its checkpoint says: no network is to be judged on what it learned."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.sources import Source
from ml.emotion.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What decides it: the recipe's seed and share, and the data's folders in the order in which they were named.

    How often an epoch shows a folder's faces has no say. A run from before folders were stored has none, and goes with
    any.
    """

    seed: int
    share: float
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, state: dict[str, Any]) -> Self:
        """By a run's best.pt or checkpoint.pt."""
        recipe = Recipe.from_dict(state["recipe"])
        return cls(recipe.seed, recipe.hold_out, tuple(Source.parse(text).folder for text in data_of(state)))

    def is_that_of(self, other: Self) -> bool:
        """Whether both held the same faces out."""
        if (self.seed, self.share) != (other.seed, other.share):
            return False
        return not (self.folders and other.folders) or _places(self.folders) == _places(other.folders)


def data_of(state: dict[str, Any]) -> list[str]:
    """What a run learned from, as ``--data`` names it; nothing where the run did not store it yet."""
    return list(state.get("facts", {}).get("data", []))


def refuse_other(state: dict[str, Any], folder: Path) -> None:
    """For those who have one folder at hand: in another one, or of several, a run's split would not be found again.

    Raises:
        NoSuchData: the run learned from another folder, or from several.
    """
    data, known = data_of(state), HeldOut.of(state)
    if len(data) > 1:
        raise NoSuchData(f"the run learned from {', '.join(data)}: one folder does not tell which faces it held out")
    if not replace(known, folders=(folder,)).is_that_of(known):
        raise NoSuchData(f"the run learned from {data[0]}: {folder} does not tell which faces it held out")


def _places(folders: tuple[Path, ...]) -> list[Path]:
    """One folder may be named from several places."""
    return [folder.resolve() for folder in folders]
