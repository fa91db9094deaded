"""Which encoder judges texts. Knows no model library."""

import os
from pathlib import Path


class Unread(ValueError):
    """Part of a text cannot be read by the encoder, so it is not judged; retrying won't help."""


def chosen() -> Path | None:
    """The folder by `python -m ml.safety.train --unfreeze` that the environment names; None: the weights that ship."""
    folder = os.environ.get("ATTUNE_SAFETY_BERT", "")
    return Path(folder) if folder else None
