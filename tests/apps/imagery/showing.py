"""Pictures that were shown to a patient, as the tests of albums and vetoes need them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from apps.imagery.events import CATEGORY, ImageReacted, ImageShown, ImageWithdrawn, Score
from apps.imagery.tasks.files import MEDIA_TYPE, as_webp
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName
from tests.apps.imagery.route_objects import gradient
from vault import blobs

USUAL: dict[str, Any] = {
    "template": "mindfulness.sadness.lake_dawn", "technique": "mindfulness", "emotion": "sadness", "kind": "lake",
    "style": "watercolour", "alt": "A quiet lake at dawn", "line": "Stay for three breaths.",
    "why": ("The reading was mostly sadness.",), "fallback": "", "model": "painter@2a7f7498", "seed": 1, "steps": 12,
    "guidance": 3.5, "scores": (Score(label="picture:nudity", value=0.0123, refused_from=0.3),),
    "not_judged": ("gore",), "latency_ms": 900,
}  # fmt: skip
SCENE: dict[str, Any] = {
    "template": "library:sea-00", "model": "library:sea-00", "fallback": "late", "kind": "sea", "style": "gouache",
    "alt": "The sea at dawn", "technique": "behavioural_activation", "emotion": "fear", "scores": (), "steps": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Showing:
    """One session of one patient, in which pictures are shown, rated and taken away."""

    patient_id: UUID
    actor: Actor
    session_id: UUID

    def show(self, **facts: Any) -> UUID:
        image_id = blobs.put(self.patient_id, as_webp(gradient()), media_type=MEDIA_TYPE).id
        usual = USUAL | {"shown_at": timezone.now() - timedelta(minutes=3)}
        event = ImageShown(request_id=uuid4(), image_id=image_id, **(usual | facts))
        self._append(event)
        return image_id

    def rate(self, image_id: UUID, rating: int, note: str = "") -> None:
        self._append(ImageReacted(image_id=image_id, rating=rating, note=note, reacted_at=timezone.now()))

    def upset(self, image_id: UUID) -> None:
        self._append(ImageWithdrawn(image_id=image_id, withdrawn_at=timezone.now()))

    def _append(self, event: object) -> None:
        stream = StreamName(CATEGORY, self.session_id)
        store.append(stream, [event], expected=None, actor=self.actor, command_id=uuid4(), subject=self.patient_id)


def showing(patient_id: UUID, actor: Actor) -> Showing:
    return Showing(patient_id, actor, uuid4())
