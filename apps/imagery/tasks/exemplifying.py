"""Draws a template's example once, by the renderer of the vetted scenes: without torch, while no patient waits.

What the painter makes of the text differs with each patient and seed; this shows the scene that it is told first.
"""

from typing import Final
from uuid import UUID

from access.context import asking
from apps.imagery import examples, scheduling
from apps.imagery.scene_templates import SceneTemplate, by_id
from apps.imagery.scheduling import DEADLINE
from apps.imagery.tasks.files import MEDIA_TYPE, as_webp
from eventstore import jobs
from eventstore.actor import Actor
from eventstore.errors import WrongExpectedVersion
from eventstore.jobs import Claim
from ml.prompting.template import LOCAL
from ml.safety.image import pass_vetted
from ml.safety.verdict import Refusal, SafeImage
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec, lawful
from vault import blobs

ACTOR: Final = Actor.system("imagery.examples")
LEASE_S: Final = 60.0
SIDE: Final = 640
STYLE: Final = "watercolour"
SEASON: Final = "summer"
"""Of a scene that stands in any."""


class SceneSpoilt(Exception):
    """The scene came out as no picture: a fault in the renderer."""


def run(job_id: UUID) -> None:
    """Claim, draw, finish. Never raises: a job that failed is tried again, three times in all.

    A job left unclaimed is published again some seconds later.
    """
    if _patients_wait():
        return
    claim = jobs.claim(job_id, LEASE_S)
    if claim is None:
        return
    with jobs.carried_out(claim):
        _draw(claim)


def _draw(claim: Claim) -> None:
    known = by_id().get(claim.ids["template"])
    if known is None or examples.example_of(known) is not None:
        jobs.finish(claim)
        return
    ref = blobs.put(None, as_webp(_picture(known)), media_type=MEDIA_TYPE)
    try:
        with asking(ACTOR, route=claim.kind):
            examples.note(known, ref.id, STYLE, actor=ACTOR)
            jobs.finish(claim)
    except BaseException as error:
        blobs.drop(None, ref.id)
        if not isinstance(error, WrongExpectedVersion):
            raise
        jobs.finish(claim)  # another drew it in the meantime


def _picture(known: SceneTemplate) -> SafeImage:
    season, time = known.season or SEASON, "day" if known.time == LOCAL else known.time
    spec = lawful(SceneSpec(known.kind, time, known.weather, season, known.palette, STYLE))
    image = pass_vetted(render(spec, SIDE, SIDE))
    if isinstance(image, Refusal):
        raise SceneSpoilt(known.id)
    return image


def _patients_wait() -> bool:
    """Whether a late picture's vetted scene waits for this worker."""
    return scheduling.due(DEADLINE).exists()
