"""Which models may paint, and how each wants to be asked."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

_FILE: Final = Path(__file__).parent / "profiles.toml"
_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Profile:
    """One model and its manners.

    Attributes:
        steps, guidance: what it is asked for when the caller does not say.
        size, shown: side in pixels of what it paints, and of what people see.
        reads: "scenes" reads only the words of `ml.scenes.words`; "text" reads anything.
        paints_anything: it could paint what must not be shown; safety has to be able to see that.
    """

    name: str
    label: str
    folder: str
    steps: int
    guidance: float
    size: int
    shown: int
    reads: Literal["scenes", "text"]
    paints_anything: bool
    hub: str | None = None
    revision: str | None = None

    @property
    def home(self) -> Path | None:
        """The folder that ships with the project, when the profile has one."""
        return _ROOT / self.folder if self.folder else None


@lru_cache(maxsize=1)
def profiles() -> dict[str, Profile]:
    """All profiles by name."""
    with _FILE.open("rb") as file:
        return {name: Profile(name=name, **entry) for name, entry in tomllib.load(file).items()}


def profile(name: str) -> Profile:
    """One profile; raises LookupError, naming those that exist."""
    if name not in profiles():
        raise LookupError(f"no image profile {name!r}; there are {', '.join(profiles())}")
    return profiles()[name]
