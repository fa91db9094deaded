"""The last picture of a sitting, for a model that paints the next of a sequence over it."""

import logging
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from apps.imagery import commands
from apps.imagery.tasks.files import pixels_of
from apps.imagery.tasks.keeping import Case
from ml.prompting.choose import Choice
from ml.prompting.evolving import REASON as ONWARD
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
    last = commands.load(case.errand.session_id).last
    if last is None or last.style != choice.scene.style or last.template != _chosen_last(case):
        return None
    try:
        file = blobs.open(case.errand.patient_id, last.image_id).data
        return Before(last.image_id, pixels_of(file))
    except (VaultError, OSError) as error:
        _LOG.warning("a picture begins anew, the last one cannot be read: %s", type(error).__name__)
        return None


def _chosen_last(case: Case) -> str | None:
    """The template of the picture that the engine took for the last: one of an exercise's may have come since."""
    history = case.inputs["history"]
    return str(history[-1]["template"]) if history else None
