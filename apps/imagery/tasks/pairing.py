"""Paints the two pictures of a paired choice: the same noise, style and painter, and the same judges of safety."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone

from access.context import asking
from apps.imagery import pair_consent, pair_standing, pairing, pairs, scheduling
from apps.imagery.pair_arms import Decision
from apps.imagery.pair_bound import bound
from apps.imagery.pair_events import PairArm, PairOffered, PairWithheld
from apps.imagery.pair_policy import why_not
from apps.imagery.tasks import painting
from apps.imagery.tasks.files import MEDIA_TYPE, as_webp
from apps.imagery.tasks.keeping import scores
from eventstore import jobs
from eventstore.actor import Actor
from eventstore.jobs import Claim
from ml.prompting.generic import GenericPrompt, generic_prompt
from ml.safety.against import Against
from ml.safety.notes import read_note
from ml.safety.verdict import Verdict
from vault import blobs
from vault.errors import SubjectErased

ACTOR: Final = Actor.system("imagery.pairing")
LEASE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Errand:
    """A claimed job, with what its ids say."""

    claim: Claim
    session_id: UUID
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm's picture, allowed, and how it came to be."""

    painted: painting.Painted
    arm: PairArm


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two pictures that may be shown."""

    decision: Decision
    words: GenericPrompt
    engine: _Arm
    generic: _Arm


class _Withheld(Exception):
    """There will be no pair."""

    def __init__(self, reason: str, arm: str = "", verdict: Verdict | None = None) -> None:
        super().__init__(reason)
        self.reason, self.arm, self.verdict = reason, arm, verdict


def run(job_id: UUID) -> None:
    """Claim, paint, finish. Never raises: a job that failed is tried again, three times in all.

    While patients wait for a picture the job is left unclaimed, and published again some seconds later.
    """
    claim = None if scheduling.due().exists() else jobs.claim(job_id, LEASE_S)
    if claim is None:
        return
    errand = _Errand(claim, UUID(claim.ids["session_id"]), UUID(claim.ids["patient_id"]))
    with jobs.carried_out(claim, moot=(SubjectErased,)):
        _answer(errand)


def _answer(errand: _Errand) -> None:
    """Offer the pair, or say why there is none; what was settled before is left as it is."""
    if pairing.load(errand.session_id).settled:
        jobs.finish(errand.claim)
        return
    try:
        decision = _decision(errand)
        words = generic_prompt(decision.emotion, decision.style)
        engine = _paint(errand, pairs.ENGINE, decision.prompt, decision.negative, decision.technique)
        generic = _paint(errand, pairs.GENERIC, words.prompt, words.negative, decision.technique)
    except _Withheld as withheld:
        _settle(errand, _why(withheld))
        return
    _offer(errand, _Pair(decision, words, engine, generic))


def _decision(errand: _Errand) -> Decision:
    """What the engine had asked for, where nothing forbids a pair."""
    with asking(ACTOR, route=errand.claim.kind):
        found = pair_standing.gather(errand.session_id, errand.patient_id, timezone.now())
    reason = why_not(found.standing)
    if reason is None and read_note(found.text):
        reason = "words"  # a person should read them; nobody who wrote such a thing is asked to compare pictures
    if reason is not None or found.decision is None:
        raise _Withheld(reason or "no_picture")
    return found.decision


def _paint(errand: _Errand, arm: str, prompt: str, negative: str, technique: str) -> _Arm:
    """One picture, judged as any other; no second one to choose from, for either arm."""
    seed = pairing.draw(errand.session_id).seed
    try:
        result = painting.paint(
            prompt, negative, seed, lambda _step, _steps: None, Against(technique), errand.patient_id.int, once=True
        )
    except painting.PainterFailed:
        raise _Withheld("painter", arm) from None
    if isinstance(result, painting.Declined):
        raise _Withheld(result.what, arm, result.refusals[0].verdict)
    safe, painted = result
    return _Arm(
        painted,
        PairArm(
            prompt_sha256=_digest(prompt),
            negative_sha256=_digest(negative),
            alt=painted.drawn.alt or "",
            scores=(*scores("prompt", safe.verdict), *scores("picture", painted.image.verdict)),
            not_judged=painted.image.verdict.not_judged,
        ),
    )


def _offer(errand: _Errand, pair: _Pair) -> None:
    """Store both files, then record the pair; files that no event names are dropped."""
    kept: list[UUID] = []
    stands = False
    try:
        for one in (pair.engine, pair.generic):
            file = as_webp(one.painted.image)
            kept.append(blobs.put(errand.patient_id, file, media_type=MEDIA_TYPE).id)
        stands = _settle(errand, _offered(errand, pair, *kept))
    finally:
        for blob_id in [] if stands else kept:
            blobs.drop(errand.patient_id, blob_id)


def _settle(errand: _Errand, outcome: PairOffered | PairWithheld) -> bool:
    """Record the outcome and finish the job in one transaction. Whether an offer stands."""
    with asking(ACTOR, route=errand.claim.kind):
        if isinstance(outcome, PairOffered) and (forbids := _forbids(errand.patient_id)):
            outcome = _why(_Withheld(forbids))
        written = pairing.settle(
            errand.session_id, outcome, patient_id=errand.patient_id, actor=ACTOR,
            command_id=uuid5(errand.claim.job_id, str(errand.claim.token)),
        )  # fmt: skip
        jobs.finish(errand.claim)
    return written and isinstance(outcome, PairOffered)


def _forbids(patient_id: UUID) -> str:
    """The code of what came to stand against the pair while it was painted; "" where nothing did."""
    if not pair_consent.agrees(patient_id):
        return "consent"
    return "bound" if bound(patient_id) else ""


def _why(withheld: _Withheld) -> PairWithheld:
    verdict = withheld.verdict
    return PairWithheld(
        reason=withheld.reason, arm=withheld.arm, stage=verdict.stage if verdict else "",
        scores=scores(withheld.reason, verdict) if verdict else (), withheld_at=timezone.now(),
    )  # fmt: skip


def _offered(errand: _Errand, pair: _Pair, engine_image_id: UUID, generic_image_id: UUID) -> PairOffered:
    decision, drawn = pair.decision, pair.engine.painted.drawn
    told = ("request_id", "template", "technique", "emotion", "style")
    about: dict[str, Any] = {name: getattr(decision, name) for name in told}
    return PairOffered(
        engine_image_id=engine_image_id, generic_image_id=generic_image_id, engine=pair.engine.arm,
        generic=pair.generic.arm, generic_prompt=pair.words.name,
        engine_first=pairing.draw(errand.session_id).engine_first, model=drawn.model, seed=drawn.seed,
        steps=drawn.steps, guidance=drawn.guidance, share=settings.ATTUNE_PAIRED_CHOICE_SHARE,
        offered_at=timezone.now(), **about,
    )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
