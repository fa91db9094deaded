"""The rules of a patient's record. Pure: history in, events out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, Final

from apps.patients.events import (
    PURPOSES,
    TRIGGERS,
    ConsentGiven,
    ConsentWithdrawn,
    GoalReached,
    GoalResumed,
    PatientErased,
    PatientRegistered,
    PlanSet,
    PreferencesSet,
    SettingsSet,
    TriggersSet,
)
from apps.patients.goals import reached_after
from apps.patients.local_time import latitudes
from apps.patients.plan import NO_PLAN, PlanWrong, checked
from apps.patients.understood import LANGUAGES

MOST_WORDS: Final = 24
LONGEST_WORD: Final = 80
LONGEST_NAME: Final = 200


class PatientUnknown(LookupError):
    """No patient was registered under this id."""


class AlreadyRegistered(ValueError):
    """A patient is registered once."""


class NotOffered(ValueError):
    """A purpose, trigger, language or zone that isn't in the vocabulary, a goal that isn't the patient's, or text that
    is empty or too long."""


class SettingNotOffered(NotOffered):
    """Settings that aren't in the vocabulary, by their `names`: "language", "time_zone" or both."""

    def __init__(self, *names: str) -> None:
        super().__init__(f"not offered: {', '.join(names)}")
        self.names = names


@dataclass(frozen=True, kw_only=True, slots=True)
class Patient:
    """What the rules need to know.

    `consents` maps a purpose to the version of the text that was agreed to, `reached` a goal to when it was reached.
    Once `erased`, nothing is known any more, also while the key can still be used, and nothing that is said counts.
    """

    version: int = 0
    name: str = ""
    label: str = ""
    consents: dict[str, int] = field(default_factory=dict)
    triggers: TriggersSet = field(default_factory=lambda: TriggersSet(tags=(), words=()))
    preferences: PreferencesSet = field(default_factory=lambda: PreferencesSet(liked_places=(), goals=()))
    reached: dict[str, datetime] = field(default_factory=dict)
    settings: SettingsSet = field(default_factory=lambda: SettingsSet(language="", time_zone=""))
    plan: PlanSet = NO_PLAN
    erased: bool = False

    @property
    def open_goals(self) -> tuple[str, ...]:
        """What the patient still works towards."""
        return tuple(goal for goal in self.preferences.goals if goal not in self.reached)

    @property
    def towards(self) -> list[tuple[str, datetime | None]]:
        """Each goal, and when it was reached; None while it's open."""
        return [(goal, self.reached.get(goal)) for goal in self.preferences.goals]


_REPLACES: Final[dict[type[object], str]] = {
    TriggersSet: "triggers", PreferencesSet: "preferences", SettingsSet: "settings", PlanSet: "plan",
}  # fmt: skip
"""What is replaced as a whole by the newest event of its kind."""


def replay(history: Iterable[object]) -> Patient:
    """The patient as the events leave it; `version` counts them."""
    return reduce(_apply, history, Patient())


def _apply(patient: Patient, happened: object) -> Patient:
    version = patient.version + 1
    if patient.erased or isinstance(happened, PatientErased):
        return Patient(version=version, erased=True)
    patient = replace(patient, version=version, reached=reached_after(patient.reached, happened))
    match happened:
        case PatientRegistered():
            return replace(patient, name=happened.name, label=happened.label)
        case ConsentGiven():
            return replace(patient, consents={**patient.consents, happened.purpose: happened.text_version})
        case ConsentWithdrawn():
            kept = {purpose: version for purpose, version in patient.consents.items() if purpose != happened.purpose}
            return replace(patient, consents=kept)
    name = _REPLACES.get(type(happened))
    changed: dict[str, Any] = {} if name is None else {name: happened}
    return replace(patient, **changed)


def register(patient: Patient, *, name: str, label: str) -> list[object]:
    """Register someone once. Raises AlreadyRegistered, NotOffered."""
    if patient.version:
        raise AlreadyRegistered
    name, label = name.strip(), label.strip()
    if not (0 < len(name) <= LONGEST_NAME and 0 < len(label) <= LONGEST_NAME):
        raise NotOffered("a patient needs a name and a label")
    return [PatientRegistered(name=name, label=label)]


def give_consent(patient: Patient, *, purpose: str, text_version: int) -> list[object]:
    """Agree to one purpose; agreeing again to the same text, or to an older one, changes nothing.

    Raises PatientUnknown, NotOffered.
    """
    _known(patient)
    _purpose(purpose)
    if patient.consents.get(purpose, -1) >= text_version:
        return []
    return [ConsentGiven(purpose=purpose, text_version=text_version)]


def withdraw_consent(patient: Patient, *, purpose: str) -> list[object]:
    """Take one consent back; it's always possible and needs no reason. Raises PatientUnknown, NotOffered."""
    _known(patient)
    _purpose(purpose)
    return [ConsentWithdrawn(purpose=purpose)] if purpose in patient.consents else []


def set_triggers(
    patient: Patient, *, tags: Sequence[str], words: Sequence[str], seen: Patient | None = None
) -> list[object]:
    """Replace what the patient doesn't want to see, or do what was changed against what was `seen`.

    Raises PatientUnknown, NotOffered.
    """
    _known(patient)
    if unknown := set(tags) - set(TRIGGERS):
        raise NotOffered(f"no such triggers: {len(unknown)}")
    phrases = _phrases(words)
    if seen is not None:
        tags = merged(patient.triggers.tags, seen.triggers.tags, tags)
        phrases = _phrases(merged(patient.triggers.words, seen.triggers.words, phrases))
    wanted = TriggersSet(tags=tuple(tag for tag in TRIGGERS if tag in tags), words=phrases)
    return [] if wanted == patient.triggers else [wanted]


def merged(now: Sequence[str], seen: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """What `wanted` changes against `seen`, done to `now`: what somebody else added or took out meanwhile stays so."""
    kept = [one for one in now if one in wanted or one not in seen]
    return [*kept, *(one for one in wanted if one not in seen and one not in kept)]


def set_preferences(
    patient: Patient, *, liked_places: Sequence[str], goals: Sequence[str], seen: Patient | None = None
) -> list[object]:
    """Replace liked places and goals, or do what was changed against what was `seen`.

    Raises PatientUnknown, NotOffered.
    """
    _known(patient)
    places, aims = _phrases(liked_places), _phrases(goals)
    if seen is not None:
        places = _phrases(merged(patient.preferences.liked_places, seen.preferences.liked_places, places))
        aims = _phrases(merged(patient.preferences.goals, seen.preferences.goals, aims))
    wanted = PreferencesSet(liked_places=places, goals=aims)
    return [] if wanted == patient.preferences else [wanted]


def reach_goal(patient: Patient, *, goal: str, at: datetime) -> list[object]:
    """Say that a goal was reached; saying it again changes nothing. Raises PatientUnknown, NotOffered."""
    _known(patient)
    if goal not in patient.preferences.goals:
        raise NotOffered("not one of the goals")
    return [] if goal in patient.reached else [GoalReached(goal=goal, reached_at=at)]


def resume_goal(patient: Patient, *, goal: str) -> list[object]:
    """Take a goal up again; one that isn't reached stays as it is. Raises PatientUnknown."""
    _known(patient)
    return [GoalResumed(goal=goal)] if goal in patient.reached else []


def set_settings(patient: Patient, *, language: str, time_zone: str) -> list[object]:
    """Replace language and time zone; "" leaves one unset. Raises PatientUnknown, SettingNotOffered."""
    _known(patient)
    known = {"language": not language or language in LANGUAGES, "time_zone": not time_zone or time_zone in latitudes()}
    if wrong := [name for name, right in known.items() if not right]:
        raise SettingNotOffered(*wrong)
    wanted = SettingsSet(language=language, time_zone=time_zone)
    return [] if wanted == patient.settings else [wanted]


def set_plan(patient: Patient, wanted: PlanSet, *, seen: Patient | None = None) -> list[object]:
    """Replace the clinician's limits and preferences, unless they are no longer those that were `seen`.

    Raises PatientUnknown, PlanWrong.
    """
    _known(patient)
    if seen is not None and seen.plan != patient.plan:
        raise PlanWrong("changed")
    wanted = checked(wanted)
    return [] if wanted == patient.plan else [wanted]


def _known(patient: Patient) -> None:
    if not patient.version:
        raise PatientUnknown


def _purpose(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise NotOffered("no such purpose")


def _phrases(given: Sequence[str]) -> tuple[str, ...]:
    """The phrases without blanks and doubles, in the order given."""
    phrases = tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in given if phrase.strip()))
    if len(phrases) > MOST_WORDS or any(len(phrase) > LONGEST_WORD for phrase in phrases):
        raise NotOffered(f"at most {MOST_WORDS} entries of {LONGEST_WORD} characters")
    return phrases
