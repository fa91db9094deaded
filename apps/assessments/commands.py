"""What a patient may do with a form: load, decide, append. The only writer of `assessment-…` streams.

All raise WrongExpectedVersion when someone wrote first each time (reload and retry) and SubjectErased after an erasure.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID, uuid5

from django.utils import timezone

from apps.assessments import aggregate
from apps.assessments.aggregate import Assessment, AssessmentUnknown
from apps.assessments.events import CATEGORY
from apps.assessments.instruments import instrument
from apps.assessments.schedule import stands
from eventstore import store
from eventstore.actor import Actor
from eventstore.anew import anew
from eventstore.stream import StreamName

FORMS: Final = UUID("5b1c3c55-8b0e-5b0f-9a0e-0f5c7b3b1d55")


def form_id(patient_id: UUID, key: str, *, ordinal: int) -> UUID:
    """The id of a patient's nth form of one instrument: a double click opens one form, not two."""
    return uuid5(FORMS, f"{patient_id}:{key}:{ordinal}")


def start(patient_id: UUID, *, key: str, ordinal: int, actor: Actor, command_id: UUID) -> UUID:
    """Open the nth form of an instrument, or go on with it. Returns its id. Raises UnknownInstrument."""
    wanted = instrument(key)
    assessment_id = form_id(patient_id, wanted.key, ordinal=ordinal)
    _decide(patient_id, assessment_id, lambda form, _: aggregate.start(form, wanted), actor, command_id)
    return assessment_id


def answer(
    patient_id: UUID,
    assessment_id: UUID,
    *,
    item: int,
    answer: int,
    actor: Actor,
    command_id: UUID,
    seen: int | None = None,
) -> Assessment:
    """Save one answer at once; with the version that was `seen`, only where it's another than then. Returns the form.

    Raises:
        AssessmentUnknown: there is no such form, or it's another patient's.
        AssessmentClosed, WrongAnswers: the rules say no; retrying won't help.
    """

    def rule(form: Assessment, history: list[Any]) -> list[object]:
        before = None if seen is None else aggregate.replay(history[:seen])
        return aggregate.answer(form, item=item, answer=answer, seen=before)

    return _decide(patient_id, assessment_id, rule, actor, command_id)


def submit(patient_id: UUID, assessment_id: UUID, *, as_it_is: bool, actor: Actor, command_id: UUID) -> Assessment:
    """Hand the form in. Returns it with its score.

    Raises:
        AnswersMissing: questions are open and `as_it_is` is False.
        AssessmentUnknown, AssessmentClosed, AssessmentStale: retrying won't help.
    """
    began = next((one.recorded_at for one in store.read(StreamName(CATEGORY, assessment_id))), None)
    standing = began is None or stands(began, timezone.now())
    return _decide(
        patient_id,
        assessment_id,
        lambda form, _: aggregate.submit(form, as_it_is=as_it_is, stands=standing),
        actor,
        command_id,
    )


def _decide(
    patient_id: UUID,
    assessment_id: UUID,
    rule: Callable[[Assessment, list[Any]], list[object]],
    actor: Actor,
    command_id: UUID,
) -> Assessment:
    stream = StreamName(CATEGORY, assessment_id)

    def decided() -> Assessment:
        recorded = store.read(stream)
        if recorded and recorded[0].subject != patient_id:
            raise AssessmentUnknown
        history = [one.event for one in recorded]
        form = aggregate.replay(history)
        events = [] if store.done(stream, command_id) is not None else rule(form, history)
        if not events:
            return form
        store.append(stream, events, expected=form.version, actor=actor, command_id=command_id, subject=patient_id)
        return aggregate.replay([*history, *events])

    return anew(decided)
