"""What a session remembers of its own face, and when a face is no longer taken for it.

Slow to doubt on purpose: to tell a patient that they are somebody else is worse than to notice a swap a second late.
Nothing here says who anybody is.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.faces.likeness.basis import KEPT

Look = NDArray[np.float32]

MOST_LOOKS: Final = 3
"""A face at rest, smiling, in other light: what lies nearest counts."""
STRANGE: Final = 0.62
"""Distance, 0 to 2, from which a face that has come into view is doubted. Measured in docs/models/likeness.md."""
STRANGE_IN_SIGHT: Final = 0.95
"""The same for one that never went out of sight: one man, grinning, was 0.8 away from his own face at rest."""
ALIKE: Final = 0.5
"""Below it a face is the own one: it teaches, and brings a session back from a stranger."""
_OTHERWISE: Final = 0.25
"""An own face as far as this from all looks is kept as a further one."""
ENROLLED: Final = 3
"""Looks before anything is judged by them."""
DOUBTS: Final = 5
"""Strange looks in a row after which it is said. A hand before the mouth, or one bad frame, is gone by then."""
BACK: Final = 2
"""Looks alike in a row after which the own face counts as back."""
_SLOWEST: Final = 20
"""Looks are a running mean: light changes over an hour, a face does not."""
_MOST_MET: Final = 255


@dataclass(frozen=True)
class Known:
    """The own face's looks, 24 signed bytes each; how many frames taught them; strange (or, of a stranger, alike)
    looks gone by (or still to come); whether the face in view is taken for somebody else's; and whether a face has come
    into view of which it is not clear yet that it is the own one.

    Biometric-like: it lives in the session's sealed memory, at most a minute beyond the last frame, and must never
    reach log, database or disk.
    """

    looks: tuple[bytes, ...]
    met: int = 1
    doubts: int = 0
    is_another: bool = False
    has_arrived: bool = False

    @property
    def is_doubted(self) -> bool:
        """Whether the face in view may be a stranger's, said or not."""
        return self.is_another or self.doubts > 0

    @property
    def is_settled(self) -> bool:
        """Whether it need not be looked at in each frame."""
        return self.met >= ENROLLED and not self.is_doubted and not self.has_arrived


def meet(known: Known | None, look: Look) -> Known:
    """After a frame with a fit, frontal face that looks like `look` (24,), of length 1."""
    if known is None:
        return Known((_packed(look),))
    apart = distance(known, look)
    if known.is_another:
        return _beside_a_stranger(known, apart)
    if apart <= (STRANGE if known.has_arrived else STRANGE_IN_SIGHT):
        return _taught(replace(known, doubts=0), look, apart)
    if known.met < ENROLLED:
        return Known((_packed(look),))
    doubts = known.doubts + 1
    return replace(known, doubts=BACK, is_another=True) if doubts >= DOUBTS else replace(known, doubts=doubts)


def distance(known: Known, look: Look) -> float:
    """One minus the cosine to the nearest of the known looks: 0 the same, about 1 for strangers."""
    return min(float(1 - look @ _unpacked(one)) for one in known.looks)


def _beside_a_stranger(known: Known, apart: float) -> Known:
    left = known.doubts - 1 if apart < ALIKE else BACK
    return replace(known, doubts=left, is_another=left > 0, has_arrived=left > 0)


def _taught(known: Known, look: Look, apart: float) -> Known:
    """What stayed in sight is the own face, however it looks; what has come into view must look like it first."""
    if known.has_arrived and apart >= ALIKE:
        return known
    met = min(known.met + 1, _MOST_MET)
    known = replace(known, met=met, has_arrived=False)
    if apart > _OTHERWISE and len(known.looks) < MOST_LOOKS:
        return replace(known, looks=(*known.looks, _packed(look)))
    if apart >= ALIKE:
        return known
    looks = [_unpacked(one) for one in known.looks]
    nearest = max(range(len(looks)), key=lambda at: float(look @ looks[at]))
    share = max(1 / met, 1 / _SLOWEST)
    looks[nearest] = looks[nearest] + share * (look - looks[nearest])
    return replace(known, looks=tuple(_packed(one) for one in looks))


def _packed(look: Look) -> bytes:
    unit = look / (np.linalg.norm(look) + np.float32(1e-6))
    return np.round(unit * 127).astype(np.int8).tobytes()


def _unpacked(look: bytes) -> Look:
    numbers = np.frombuffer(look, np.int8, KEPT).astype(np.float32)
    unit: Look = numbers / (np.linalg.norm(numbers) + np.float32(1e-6))
    return unit
