"""What the sweep of routes needs of this app: a picture that was shown to the given patient."""

from uuid import UUID, uuid4

import numpy as np
from django.utils import timezone

from apps.imagery import commands, examples, scene_templates
from apps.imagery.events import ImageShown
from apps.imagery.tasks.files import MEDIA_TYPE, as_webp
from apps.sessions import commands as sessions
from eventstore.actor import Actor
from ml.safety.image import pass_vetted
from ml.safety.verdict import SafeImage
from tests.apps.imagery.paired import make_pair
from vault import blobs


def make_image(patient_id: UUID, actor: Actor) -> UUID:
    """Of a kind of its own: what the sweep says of one picture hides no other."""
    session_id, request_id, now = uuid4(), uuid4(), timezone.now()
    about = {"patient_id": patient_id, "actor": actor}
    sessions.open_session(session_id, camera=False, consents=(), at=now, command_id=uuid4(), **about)
    commands.request(
        session_id, request_id, reason="more", emotion="neutral", intensity=0.3, at=now, command_id=uuid4(), **about
    )
    ref = blobs.put(patient_id, as_webp(gradient()), media_type=MEDIA_TYPE)
    shown = ImageShown(
        request_id=request_id, image_id=ref.id, template="library:test", technique="mindfulness", emotion="neutral",
        kind=request_id.hex, style="photo", alt="A calm sea", line="Stay a while.", why=(), fallback="late",
        model="library:test", seed=0, steps=0, guidance=0.0, scores=(), not_judged=(), latency_ms=1, shown_at=now,
    )  # fmt: skip
    commands.note(session_id, request_id, [shown], command_id=uuid4(), **about)
    return ref.id


def gradient() -> SafeImage:
    row = np.linspace(40, 210, 64).astype(np.uint8)
    image = pass_vetted(
        np.stack([np.tile(row, (64, 1)), np.tile(row[:, None], (1, 64)), np.full((64, 64), 90)], 2).astype(np.uint8)
    )
    assert isinstance(image, SafeImage)
    return image


def make_template(_patient_id: UUID, actor: Actor) -> str:
    """A template of the library, with its example drawn; it is nobody's own, so one does for all."""
    known = scene_templates.templates()[0]
    if examples.example_of(known) is None:
        ref = blobs.put(None, as_webp(gradient()), media_type=MEDIA_TYPE)
        examples.note(known, ref.id, "watercolour", actor=actor)
    return known.id


MAKERS = {"image": make_image, "template": make_template, "pair": make_pair}
