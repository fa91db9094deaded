"""Example pictures of templates, for whoever reviews them: asked for by a page, drawn once by a worker, then kept."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID, uuid5

from django.utils import timezone

from apps.imagery.review_events import EXAMPLES, ExampleDrawn, example_id
from apps.imagery.scene_templates import SceneTemplate
from eventstore import jobs, store
from eventstore.actor import Actor
from eventstore.stream import StreamName
from vault import blobs
from vault.blobs import Blob
from vault.errors import BlobMissing

EXAMPLE: Final = "imagery.example"
QUEUE: Final = "default"
AT_ONCE: Final = 3
"""How many are drawn ahead of the reader."""


def ask_for(wanted: Iterable[SceneTemplate]) -> None:
    """Have the first of these drawn whose examples are missing. What was asked for before is not asked for again."""
    for known in [one for one in list(wanted)[:AT_ONCE] if example_of(one) is None]:
        key = example_id(known.id, known.digest)
        jobs.enqueue(EXAMPLE, key=key, ids={"template": known.id}, queue=QUEUE, run_at=timezone.now())


def example_of(known: SceneTemplate) -> ExampleDrawn | None:
    """The picture that was drawn of these words; None where none is yet."""
    drawn = [recorded.event for recorded in store.read(_stream(known))]
    return drawn[-1] if drawn else None


def file_of(known: SceneTemplate) -> Blob | None:
    """Its file; None where there is none."""
    drawn = example_of(known)
    try:
        return blobs.open(None, drawn.image_id) if drawn else None
    except BlobMissing:
        return None


def note(known: SceneTemplate, image_id: UUID, style: str, *, actor: Actor) -> None:
    """Record the example of these words. Raises WrongExpectedVersion where there is one already."""
    stream = _stream(known)
    drawn = ExampleDrawn(template=known.id, digest=known.digest, image_id=image_id, style=style)
    store.append(stream, [drawn], expected=0, actor=actor, command_id=uuid5(stream.stream_id, str(image_id)))


def _stream(known: SceneTemplate) -> StreamName:
    return StreamName(EXAMPLES, example_id(known.id, known.digest))
