"""How a request came to its answer, written down: the picture that is shown, what was refused, or why there is none."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4, uuid5

from django.utils import timezone

from access.context import asking
from apps.imagery import commands, situation
from apps.imagery.aggregate import Request
from apps.imagery.events import ImageComposed, ImageRefused, ImageShown, Score
from apps.imagery.tasks import deciding
from apps.imagery.tasks.errands import ACTOR, Errand
from apps.imagery.tasks.files import MEDIA_TYPE, as_webp
from eventstore import jobs
from ml.safety.verdict import Refusal, SafeImage, Verdict
from vault import blobs


class RulesChanged(Exception):
    """What binds the choice is another than when it was made; nothing was shown. Decide anew."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request at work, and what happened so far on the way to its answer."""

    errand: Errand
    request: Request
    inputs: deciding.Inputs
    trail: list[Any] = field(default_factory=list)

    @property
    def attempt(self) -> int:
        """The number of the next choice: how many were made so far."""
        return sum(isinstance(one, ImageComposed) for one in self.trail)


def renewed(case: Case) -> Case:
    """The case under the rules as they stand now, with the same trail."""
    with asking(ACTOR, route=case.errand.claim.kind):
        if _gone(case.errand):
            return case  # whoever shows the picture finds out, and says why
        return replace(case, inputs=deciding.renewed(case.inputs, case.errand, case.request))


def show(case: Case, image: SafeImage, shown: dict[str, Any]) -> None:
    """Store the file, then record the answer and finish the job in one transaction; a file nobody names is dropped.

    Raises:
        RulesChanged: since the choice was made, something that it went by was forbidden, or allowed.
    """
    errand = case.errand
    ref = blobs.put(errand.patient_id, as_webp(image), media_type=MEDIA_TYPE)
    try:
        with asking(ACTOR, route=errand.claim.kind):
            reason = _gone(errand)
            if reason is None:
                _must_still_hold(case)
                now = timezone.now()
                event = ImageShown(
                    request_id=errand.request_id, image_id=ref.id, emotion=case.request.emotion, shown_at=now,
                    latency_ms=round((now - case.request.requested_at).total_seconds() * 1000), **shown,
                )  # fmt: skip
                _record(case, [*case.trail, event])
    except BaseException:
        blobs.drop(errand.patient_id, ref.id)
        raise
    if reason is not None:
        blobs.drop(errand.patient_id, ref.id)
        end(case, reason)


def _must_still_hold(case: Case) -> None:
    if deciding.renewed(case.inputs, case.errand, case.request) != case.inputs:
        raise RulesChanged


def _gone(errand: Errand) -> str | None:
    """Why the picture is wanted no more, if so."""
    over = errand.occasion.over(errand.session_id)
    return over if over or situation.has_consent(errand.patient_id) else "consent"


def end(case: Case, reason: str) -> None:
    """Record that no picture comes, and why; finish the job."""
    errand = case.errand
    with asking(ACTOR, route=errand.claim.kind):
        commands.end_request(
            errand.session_id, errand.request_id, reason=reason, patient_id=errand.patient_id, at=timezone.now(),
            actor=ACTOR, command_id=uuid5(errand.command_id, "end"),
        )  # fmt: skip
        jobs.finish(errand.claim)


def _record(case: Case, events: list[Any]) -> None:
    errand = case.errand
    commands.note(
        errand.session_id, errand.request_id, events, patient_id=errand.patient_id, actor=ACTOR, command_id=uuid4()
    )
    jobs.finish(errand.claim)


def refused(case: Case, attempt: int, what: str, refusals: tuple[Refusal, ...]) -> list[ImageRefused]:
    """What safety said of the prompt or of pictures of this attempt."""
    return [
        ImageRefused(
            request_id=case.errand.request_id, attempt=attempt, what=what, stage=refusal.verdict.stage,
            reason=refusal.verdict.reason, scores=scores(what, refusal.verdict),
        )
        for refusal in refusals
    ]  # fmt: skip


def scores(what: str, verdict: Verdict) -> tuple[Score, ...]:
    """A verdict's labels as the log keeps them, each with the score from which it refuses."""
    return tuple(
        Score(label=f"{what}:{label}", value=round(value, 4), refused_from=verdict.thresholds.get(label))
        for label, value in verdict.labels.items()
    )
