"""A scene of the vetted library in place of a painted one. Torch-free."""

from collections.abc import Collection
from random import Random
from typing import Final

from ml.prompting.triggers import canonical, named_in, tags
from ml.scenes.library import VettedScene, standing
from ml.scenes.spec import SceneSpec

SIDE: Final = 640
"""Square, as the painter's own pictures are."""


def scene_like(
    wanted: SceneSpec | None, triggers: Collection[str], set_aside: Collection[str], seed: int
) -> VettedScene:
    """The scene that shares most with the one wanted, among those that no trigger touches and nobody set aside.

    Args:
        set_aside: kinds, styles and scenes ("library:" and the id) that are not to be shown.

    Raises:
        LookupError: the exclusions leave nothing.
    """
    excluded = canonical(triggers)
    stand = [scene for scene in standing({*(excluded & tags()), *excluded}) if not _is_out(scene, set_aside)]
    fitting = [scene for scene in stand if not named_in(f"{scene.alt} {scene.spec.kind}", excluded)]
    if not fitting:
        raise LookupError("every vetted scene is excluded")
    luck = Random(f"{seed}/vetted")  # noqa: S311 -- repeatable on purpose
    return max(fitting, key=lambda scene: (_shared(scene.spec, wanted), luck.random()))


def _is_out(scene: VettedScene, set_aside: Collection[str]) -> bool:
    return not {scene.spec.kind, scene.spec.style, f"library:{scene.id}"}.isdisjoint(set_aside)


def _shared(one: SceneSpec, wanted: SceneSpec | None) -> int:
    if wanted is None:
        return 0
    weights = (6, 3, 2, 1, 1, 2)
    pairs = zip(weights, one.words(), wanted.words(), strict=True)
    return sum(weight for weight, mine, theirs in pairs if mine == theirs)
