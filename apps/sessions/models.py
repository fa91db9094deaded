"""Read models of sessions, made from the log. In the clear: ids and times; all else is sealed by the patient's key."""

from typing import Final

from django.db import models

SUMMARY: Final = "care_sessions.session.sealed"
ENTRY: Final = "care_sessions.entry.sealed"
MINUTE: Final = "care_sessions.minute.sealed"
"""The names that bind a sealed value to its column."""


class SessionRow(models.Model):
    """One session: when it was, and sealed what it came to."""

    id = models.UUIDField(primary_key=True)
    patient_id = models.UUIDField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "care_sessions_session"
        default_permissions = ()
        indexes = [
            models.Index(fields=["patient_id", "-opened_at"], name="session_of_patient"),
            models.Index(fields=["opened_at"], condition=models.Q(ended_at=None), name="session_open"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class TimelineEntry(models.Model):
    """One thing that happened in a session, in the log's order."""

    position = models.BigIntegerField(primary_key=True)
    session_id = models.UUIDField()
    patient_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "care_sessions_entry"
        default_permissions = ()
        indexes = [models.Index(fields=["session_id", "position"], name="entry_of_session")]

    def __str__(self) -> str:
        return str(self.position)


class EmotionMinute(models.Model):
    """A minute of readings, packed: ten bytes a second, see `track`."""

    session_id = models.UUIDField()
    patient_id = models.UUIDField()
    minute = models.IntegerField(help_text="minutes since 1970, UTC")
    sealed = models.BinaryField()

    class Meta:
        db_table = "care_sessions_minute"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["session_id", "minute"], name="one_row_a_minute")]
        indexes = [models.Index(fields=["patient_id", "minute"], name="minute_of_patient")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.minute}"
