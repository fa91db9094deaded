"""What can happen to a patient's own record. Stream `patient-<id>`, subject = the patient.

Event types stand in the clear, so none of them says what was found or chosen; the fields are sealed.
"""

from datetime import datetime
from typing import Final

from eventstore.event import event

CATEGORY: Final = "patient"
PURPOSES: Final = ("camera", "images", "progress", "research")
"""What consent is asked for, each alone; withdrawing one leaves the others."""

TRIGGERS: Final = (
    "water",
    "heights",
    "animals",
    "insects",
    "crowds",
    "enclosed",
    "open_spaces",
    "dark",
    "fire",
    "storms",
    "cold",
    "food",
    "faces",
    "medical",
    "vehicles",
    "solitude",
)
"""What a patient may exclude by ticking; the same tags as in ml/prompting/triggers.toml. Free words come on top."""


@event("patient.registered.v1")
class PatientRegistered:
    """A person became a patient. `label` is what a list shows in place of the name ("Patient 014")."""

    name: str
    label: str


@event("patient.consent_given.v1")
class ConsentGiven:
    """The patient agreed to one purpose, having read this version of its text."""

    purpose: str  # one of PURPOSES
    text_version: int


@event("patient.consent_withdrawn.v1")
class ConsentWithdrawn:
    """The patient took consent back; what was agreed before stays in the log."""

    purpose: str


@event("patient.triggers_set.v1")
class TriggersSet:
    """Everything the patient doesn't want to see, replacing what was set before."""

    tags: tuple[str, ...]  # of TRIGGERS, in that order
    words: tuple[str, ...]  # the patient's own


@event("patient.preferences_set.v1")
class PreferencesSet:
    """Places that the patient likes and what they work towards, replacing what was set before."""

    liked_places: tuple[str, ...]
    goals: tuple[str, ...]


@event("patient.goal_reached.v1")
class GoalReached:
    """One of the goals was reached, as the patient or who treats them says. It may be taken up again."""

    goal: str  # the patient's own words, as in PreferencesSet
    reached_at: datetime


@event("patient.goal_resumed.v1")
class GoalResumed:
    """A goal that was reached is worked towards again."""

    goal: str


@event("patient.settings_set.v1")
class SettingsSet:
    """The patient's language and time zone, replacing what was set before. Each is "" where nothing is set."""

    language: str  # a tag such as "de"
    time_zone: str  # of the tz database


@event("patient.plan_set.v1")
class PlanSet:
    """What a clinician limits and prefers for this patient's pictures, replacing what was set before."""

    most_pictures: int | None  # a session
    intensity_ceiling: int | None  # 0 to 100; a hard feeling above it is only steadied
    techniques_out: tuple[str, ...]
    techniques_preferred: tuple[str, ...]
    note: str  # for the care team


@event("patient.erased.v1", system_key=True, erases=True)
class PatientErased:
    """The patient's data was erased for good. Written under the system's key, so that it outlives the patient's."""

    reason: str
    approved_by: str  # user id
