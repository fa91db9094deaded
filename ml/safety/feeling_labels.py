"""Where a scene lies on the two axes of affect by the rules in `feeling_labels.toml`. No person has rated one."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.scenes.spec import SceneSpec
from ml.scenes.tags import moods_of

_FILE: Final = Path(__file__).parent / "feeling_labels.toml"
Place = npt.NDArray[np.float64]


@cache
def rules() -> dict[str, Any]:
    """The file, as it stands."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def place(spec: SceneSpec) -> Place:
    """(valence, arousal) of a scene, each in [-1, 1]."""
    moods = np.mean([rules()["moods"][mood] for mood in sorted(moods_of(spec))], axis=0)
    moves = rules()["moves"]
    words = {"time": spec.time, "weather": spec.weather, "palette": spec.palette, "style": spec.style}
    moved = moods + sum(np.array(moves[name][word]) for name, word in words.items())
    return np.asarray(np.clip(moved, -1.0, 1.0))


def spoilt_place(spec: SceneSpec, how: str, strength: float) -> Place:
    """(valence, arousal) of a scene that was spoilt; `strength` in [0, 1]."""
    own = place(spec)
    return own + strength * (np.array(rules()["spoilt"][how]) - own)
