"""What may be done with a patient's record, for which purpose, and how someone can stand to that patient."""

from enum import StrEnum


class Right(StrEnum):
    """One thing one may do with one patient's record."""

    VIEW_OWN = "view_own"
    RUN_SESSION = "run_session"
    ANSWER = "answer"
    CONSENT = "consent"
    SET_PREFERENCES = "set_preferences"
    VIEW_CHART = "view_chart"
    WRITE_NOTE = "write_note"
    ACKNOWLEDGE = "acknowledge"
    SCHEDULE = "schedule"
    EXPORT = "export"
    VIEW_ACCESS = "view_access"
    MANAGE_CASELOAD = "manage_caseload"
    ERASE = "erase"


class Purpose(StrEnum):
    """Why someone asks; it stands in the trail and the patient can read it."""

    TREATMENT = "treatment"
    SELF = "self"
    AUDIT = "audit"
    OPERATIONS = "operations"
    RESEARCH = "research"


class Relation(StrEnum):
    """How an actor stands to a patient at this moment."""

    SELF = "self"
    ASSIGNED = "assigned"
    GRANTED = "granted"
    STRANGER = "stranger"
