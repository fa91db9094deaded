"""What a folder's manifest says of the pictures that taught its model: what no layer here judged, and who looked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_NOT_JUDGED: Final = "not_judged"
_REVIEWED_BY: Final = "reviewed_by"


def review_of(folder: Path) -> dict[str, Any]:
    """Both facts, to be kept in the manifest of whatever is made of the folder; none where the manifest has none."""
    try:
        known = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return {}  # whoever loads it is told
    return {name: known[name] for name in (_NOT_JUDGED, _REVIEWED_BY) if name in known}


def nobody_looked(review: Mapping[str, Any]) -> bool:
    """Whether a person had to look for something in the pictures, and none did."""
    return bool(review.get(_NOT_JUDGED)) and not review.get(_REVIEWED_BY)


def upon(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The review of a model that was taught on from `base`: it has seen whatever that has seen."""
    if not nobody_looked(base):
        return dict(own)
    return {_NOT_JUDGED: sorted({*base[_NOT_JUDGED], *own[_NOT_JUDGED]}), _REVIEWED_BY: None}
