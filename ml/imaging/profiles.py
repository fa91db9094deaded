"""Which models may paint, and how each wants to be asked."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.rules import MANNERS, ProfileWrong, check
from ml.imaging.reviewed import nobody_looked, review_of

_FILE: Final = Path(__file__).parent / "profiles.toml"
_ROOT: Final = Path(__file__).parents[2]
_VOCABULARY: Final = "tokenizer/tokenizer.json"
OWN: Final = "attune.toml"
"""A file in a folder of weights that says how this model wants to be asked, over what the profile says."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One model and its manners.

    Attributes:
        steps, guidance: what it is asked for when the caller does not say. Up to a guidance of 1 the unconditional pass
            is skipped, and what to stay away from has no effect.
        size, shown: side in pixels of what it paints, and of what people see.
        reads: "scenes" reads only the words of `ml.scenes.words`; "text" reads anything.
        paints_anything: it could paint what must not be shown; safety has to be able to see that.
        hub, revision: where it is fetched from on purpose, and the commit.
        sha256: of each file of weights at that commit; what is loaded from the hub's cache has to match.
        variant: as diffusers names it, such as "fp16".
        strength: how much is painted anew of a picture that goes on from the last, in [0, 1); 0: each begins as noise.
        shared_noise: how much of the noise's variance the pictures of one patient share, in [0, 1).
        scheduler: a class of diffusers and what it is to do otherwise than the model's own; empty: the model's own.
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
    sha256: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    variant: str | None = None
    shared_noise: float = 0.0
    strength: float = 0.0
    scheduler: Mapping[str, Any] = field(default_factory=dict)
    acceleration: Acceleration = field(default_factory=Acceleration)

    @property
    def home(self) -> Path | None:
        """The folder that ships with the project, when the profile has one."""
        return _ROOT / self.folder if self.folder else None


@lru_cache(maxsize=1)
def profiles() -> dict[str, Profile]:
    """All profiles by name. Raises ProfileWrong."""
    return read_profiles(_FILE)


def read_profiles(file: Path) -> dict[str, Profile]:
    """All profiles of a file by name. Raises ProfileWrong, naming file, profile and what is wrong with it."""
    return {name: _made(name, entry, f"{file.name}: {name}") for name, entry in _toml(file).items()}


def profile(name: str) -> Profile:
    """One profile; raises LookupError, naming those that exist."""
    if name not in profiles():
        raise LookupError(f"no image profile {name!r}; there are {', '.join(profiles())}")
    return profiles()[name]


def profile_at(name: str, folder: Path | None) -> Profile:
    """One profile as the weights in `folder` want it: by their `attune.toml`, in the size that they were trained on.

    A profile with weights of its own is asked as it says, wherever they lie. That they can paint nothing but calm
    scenes holds for those alone that read the same words and were taught nothing that a person had to look at and did
    not: naming a folder does not vouch for what is in it.

    Raises LookupError; ProfileWrong is one.
    """
    base = profile(name)
    if folder is None:
        return base
    if base.home is not None:
        known = knows_the_same_words(folder, base.home) and not nobody_looked(review_of(folder))
        return base if known else replace(base, paints_anything=True)
    entry = dict(_toml(_FILE)[name])
    if side := _trained_side(folder):
        entry["size"] = entry["shown"] = side
    own = _toml(folder / OWN) if (folder / OWN).is_file() else {}
    if foreign := sorted(own.keys() - MANNERS):
        raise ProfileWrong(f"{folder / OWN}: {foreign[0]} is not for a folder to say")
    return _made(name, entry | own, str(folder / OWN))


def knows_the_same_words(folder: Path, home: Path) -> bool:
    """Whether both know the same words, byte for byte; what a text encoder has no words for, nobody can ask for."""
    theirs, ours = folder / _VOCABULARY, home / _VOCABULARY
    if not (folder / "model_index.json").is_file():
        return True  # no model to be judged; loading it says so
    return theirs.is_file() and ours.is_file() and theirs.read_bytes() == ours.read_bytes()


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileWrong(f"{file}: {error}") from error


def _made(name: str, entry: Any, where: str) -> Profile:
    if not isinstance(entry, dict):
        raise ProfileWrong(f"{where}: not a table")
    check(where, entry)
    wish = dict(entry.get("acceleration", {}))
    if "buckets" in wish:
        wish["buckets"] = tuple(wish["buckets"])
    return Profile(name=name, **{**entry, "acceleration": Acceleration(**wish)})


def _trained_side(folder: Path) -> int | None:
    """Side in pixels that the model was trained on, where its configurations tell."""
    try:
        unet = json.loads((folder / "unet" / "config.json").read_text(encoding="utf-8"))
        vae = json.loads((folder / "vae" / "config.json").read_text(encoding="utf-8"))
        return int(unet["sample_size"]) << (len(vae["block_out_channels"]) - 1)
    except (OSError, ValueError, KeyError, TypeError):
        return None
