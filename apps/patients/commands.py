"""What may be done to a patient's record: load, decide, append. The only writer of `patient-…` streams.

Each returns the stream's new version (the old one where nothing changed), for which a reader may wait. All raise
WrongExpectedVersion when someone wrote first each time (reload and retry) and SubjectErased after an erasure (don't).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from apps.patients import aggregate, agreeing
from apps.patients.aggregate import Patient
from apps.patients.consent import CURRENT
from apps.patients.events import CATEGORY, PlanSet
from eventstore import store
from eventstore.actor import Actor
from eventstore.anew import anew
from eventstore.stream import StreamName
from vault import keys


def usual_label(patient_id: UUID) -> str:
    """What a list shows in place of a name when nobody chose something."""
    return f"Patient {patient_id.hex[:4].upper()}"


def register(patient_id: UUID, *, name: str, label: str = "", actor: Actor, command_id: UUID) -> int:
    """Register a patient and make their data key. Without a label it gets the usual one.

    Raises:
        AlreadyRegistered, NotOffered: the rules say no; retrying won't help.
    """
    keys.create(patient_id)
    label = label or usual_label(patient_id)
    return _decide(patient_id, lambda patient: aggregate.register(patient, name=name, label=label), actor, command_id)


def give_consent(patient_id: UUID, *, purpose: str, actor: Actor, command_id: UUID, version: int | None = None) -> int:
    """Agree to one purpose in that version of its text, else in its newest. Raises PatientUnknown, NotOffered."""
    if version is None:
        version = CURRENT[purpose].version if purpose in CURRENT else 0
    return _decide(
        patient_id,
        lambda patient: aggregate.give_consent(patient, purpose=purpose, text_version=version),
        actor,
        command_id,
    )


def withdraw_consent(patient_id: UUID, *, purpose: str, actor: Actor, command_id: UUID) -> int:
    """Take consent for one purpose back. Raises PatientUnknown, NotOffered."""
    return _decide(patient_id, lambda patient: aggregate.withdraw_consent(patient, purpose=purpose), actor, command_id)


def agree(
    patient_id: UUID, *, ticked: Mapping[str, int], actor: Actor, command_id: UUID, seen: int | None = None
) -> int:
    """Agree to what is ticked, each purpose in a version of its text, and take back the rest; with the version that was
    `seen`, only do what changed against it.

    Raises PatientUnknown.
    """
    rule = partial(agreeing.agree, ticked=ticked)
    return _decide_seen(patient_id, seen, rule, actor=actor, command_id=command_id)


def set_triggers(
    patient_id: UUID, *, tags: Sequence[str], words: Sequence[str] = (), actor: Actor, command_id: UUID,
    seen: int | None = None,
) -> int:  # fmt: skip
    """Replace what the patient doesn't want to see; with the version that was `seen`, only do what changed against it.

    Raises PatientUnknown, NotOffered.
    """
    return _decide_seen(
        patient_id, seen, partial(aggregate.set_triggers, tags=tags, words=words), actor=actor, command_id=command_id
    )


def set_preferences(
    patient_id: UUID, *, liked_places: Sequence[str] = (), goals: Sequence[str] = (), actor: Actor, command_id: UUID,
    seen: int | None = None,
) -> int:  # fmt: skip
    """Replace liked places and goals; with the version that was `seen`, only do what changed against it.

    Raises PatientUnknown, NotOffered.
    """
    rule = partial(aggregate.set_preferences, liked_places=liked_places, goals=goals)
    return _decide_seen(patient_id, seen, rule, actor=actor, command_id=command_id)


def reach_goal(patient_id: UUID, *, goal: str, at: datetime, actor: Actor, command_id: UUID) -> int:
    """Say that one of the patient's goals was reached. Raises PatientUnknown, NotOffered."""
    return _decide(patient_id, lambda patient: aggregate.reach_goal(patient, goal=goal, at=at), actor, command_id)


def resume_goal(patient_id: UUID, *, goal: str, actor: Actor, command_id: UUID) -> int:
    """Take up again a goal that was reached. Raises PatientUnknown."""
    return _decide(patient_id, lambda patient: aggregate.resume_goal(patient, goal=goal), actor, command_id)


def mark_goal(patient_id: UUID, *, goal: str, reached: bool, at: datetime, actor: Actor, command_id: UUID) -> int:
    """Say that a goal was reached or, where it wasn't, take it up again. Raises PatientUnknown, NotOffered."""
    if reached:
        return reach_goal(patient_id, goal=goal, at=at, actor=actor, command_id=command_id)
    return resume_goal(patient_id, goal=goal, actor=actor, command_id=command_id)


def set_settings(patient_id: UUID, *, language: str, time_zone: str, actor: Actor, command_id: UUID) -> int:
    """Replace the patient's language and time zone. Raises PatientUnknown, SettingNotOffered."""
    return _decide(
        patient_id,
        lambda patient: aggregate.set_settings(patient, language=language, time_zone=time_zone),
        actor,
        command_id,
    )


def set_plan(patient_id: UUID, wanted: PlanSet, *, actor: Actor, command_id: UUID, seen: int | None = None) -> int:
    """Replace what a clinician limits and prefers for the patient, as it stood in the version that was `seen`.

    Raises PatientUnknown, PlanWrong.
    """
    rule = partial(aggregate.set_plan, wanted=wanted)
    return _decide_seen(patient_id, seen, rule, actor=actor, command_id=command_id)


def _decide_seen(
    patient_id: UUID, seen: int | None, rule: Callable[..., list[object]], *, actor: Actor, command_id: UUID
) -> int:
    """As `_decide`, where the rule is also told how the patient stood in the version that somebody had before them."""
    if seen is None:
        return _decide(patient_id, rule, actor, command_id)
    history = [recorded.event for recorded in store.read(StreamName(CATEGORY, patient_id))]
    before = aggregate.replay(history[:seen])
    return _decide(patient_id, partial(rule, seen=before), actor, command_id)


def _decide(patient_id: UUID, rule: Callable[[Patient], list[object]], actor: Actor, command_id: UUID) -> int:
    stream = StreamName(CATEGORY, patient_id)
    if (version := store.done(stream, command_id)) is not None:
        return version

    def decided() -> int:
        patient = aggregate.replay(recorded.event for recorded in store.read(stream))
        events = rule(patient)
        if not events:
            return patient.version
        return store.append(
            stream, events, expected=patient.version, actor=actor, command_id=command_id, subject=patient_id
        )

    return anew(decided)
