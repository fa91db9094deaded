"""The last picture of a sitting, for a model that paints the next of a sequence over it."""

import logging
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from access.context import asking
from apps.imagery import commands, keeping
from apps.imagery.aggregate import Painted
from apps.imagery.tasks.errands import ACTOR
from apps.imagery.tasks.files import pixels_of
from apps.imagery.tasks.keeping import Case
from ml.prompting.choose import Choice
from ml.prompting.evolving import REASON as ONWARD
from ml.prompting.evolving import may_stay
from vault import blobs
from vault.errors import VaultError

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Before:
    """The picture that the next one goes on from: (H, W, 3) RGB bytes, and which it was."""

    image_id: UUID
    pixels: npt.NDArray[np.uint8]


def picture_before(case: Case, choice: Choice) -> Before | None:
    """The last picture, where the choice goes on from it in its style; None else, or where its file cannot be had."""
    if ONWARD not in choice.reasons or not case.errand.occasion.live:
        return None
    with asking(ACTOR, route=case.errand.claim.kind):
        last = commands.load(case.errand.session_id).last
        if last is None or last.style != choice.scene.style or not _may_stay(case, last):
            return None
        try:
            return Before(last.image_id, pixels_of(blobs.get(case.errand.patient_id, last.image_id)))
        except (VaultError, OSError) as error:
            _LOG.warning("a picture begins anew, the last one cannot be read: %s", type(error).__name__)
            return None


def _may_stay(case: Case, last: Painted) -> bool:
    """Whether it is what the engine took for the last (an exercise's may have come since), and nothing forbids it."""
    history, inputs = case.inputs["history"], case.inputs
    if not history or history[-1]["template"] != last.template or inputs.get("calming"):
        return False
    set_aside = keeping.chosen(case.errand.patient_id).standing("picture")
    vetoed = str(last.image_id) in set_aside or last.template in inputs["blocked_templates"]
    return not vetoed and may_stay(last.template, last.alt, inputs["triggers"])
