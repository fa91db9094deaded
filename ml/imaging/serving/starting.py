"""How long a painter may take until it is loaded and warm."""

from typing import Final

from ml.imaging.production.wish import overridden
from ml.imaging.profiles import profile_at
from ml.imaging.serving.messages import Recipe

LOAD_S: Final = 180.0
"""Importing and loading a large model from a slow disk."""
COMPILE_S: Final = 180.0
"""Compiling UNet and decoder for one size of batch, on a GPU a minute and more. Not measured on one."""


def patience_s(recipe: Recipe) -> float:
    """Seconds after which a painter that said nothing yet is taken for stuck."""
    try:
        wish = overridden(profile_at(recipe.profile, recipe.folder).acceleration, recipe.acceleration)
    except LookupError:
        return LOAD_S  # it won't load, and says so at once
    return LOAD_S + (COMPILE_S * len(wish.buckets) if wish.compile else 0)
