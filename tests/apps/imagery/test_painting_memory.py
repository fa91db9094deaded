"""A painter whose device has no memory left costs the patient no picture and the worker not its life.

No GPU here: the stand-in for its allocator is a hook on the UNet that raises torch's own error.
"""

import torch

from apps.imagery.events import CATEGORY, ImageShown
from apps.imagery.tasks import painting
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.living import Living, run_jobs


def full(*_: object) -> None:
    raise torch.OutOfMemoryError("stand-in for a device's allocator")


def test_a_vetted_scene_is_shown_and_the_worker_paints_again_once_there_is_memory(patient: Living) -> None:
    painting._painter()._pipeline.unet.register_forward_pre_hook(full)
    patient.feels(-4)
    run_jobs()
    log = store.read(StreamName(CATEGORY, patient.session_id))
    (shown,) = (recorded.event for recorded in log if isinstance(recorded.event, ImageShown))
    assert shown.fallback == "OutOfMemoryError"
    assert shown.model.startswith("library:")
    painted = painting.paint("a calm lake at dawn", "", 1, lambda *_: None)
    assert not isinstance(painted, painting.Declined)
    assert painted[1].drawn.model.startswith("painter@")
