"""Which groups are held out of training, by seed and name alone: a picture more does not move the others about."""

import hashlib
from collections import Counter
from collections.abc import Sequence


class NothingToHoldOut(Exception):
    """Fewer than two groups: held out, the one would leave nothing to train on. Offer more, or name groups."""


def held_out_groups(groups: Sequence[str], share: float, seed: int) -> frozenset[str]:
    """Whole groups, until they hold at least `share` (in (0, 1)) of the pictures; at least one, never all.

    Args:
        groups: the group of each picture.

    Raises:
        NothingToHoldOut
    """
    sizes = Counter(groups)
    if len(sizes) < 2:
        found = "all pictures that were admitted are of one group" if sizes else "no picture was admitted"
        raise NothingToHoldOut(f"{found}; at least two groups are needed to hold one out")
    chosen: list[str] = []
    for group in sorted(sizes, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).digest())[:-1]:
        if chosen and sum(sizes[one] for one in chosen) >= share * len(groups):
            break
        chosen.append(group)
    return frozenset(chosen)
