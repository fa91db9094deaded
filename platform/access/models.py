"""Tables of ids, rights and times. Nothing here says anything about a patient but who may see, and saw, the record."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from guardian.models.models import UserObjectPermissionBase

from access.decision import CLINICAL
from access.rights import Purpose, Right


class Assignment(models.Model):
    """A line of a clinician's caseload, always bounded in time; ended by its date, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    provider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patient_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    assigned_by = models.UUIDField()

    class Meta:
        db_table = "access_assignment"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="assignment_ends_after_start"
            )
        ]
        indexes = [
            models.Index(fields=["provider", "ends_at"], name="assignment_of_provider"),
            models.Index(fields=["patient_id", "ends_at"], name="assignment_of_patient"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PatientHandle(models.Model):
    """A patient as access knows one: an id for guardian's object grants to point at."""

    id = models.UUIDField(primary_key=True, editable=False)

    class Meta:
        db_table = "access_patient"
        default_permissions = ()
        permissions = [(right.value, right.value.replace("_", " ")) for right in sorted(CLINICAL)]

    def __str__(self) -> str:
        return str(self.id)


def in_a_day() -> datetime:
    return timezone.now() + timedelta(days=1)


class PatientGrant(UserObjectPermissionBase):
    """Guardian's object permission with a foreign key of its own and an end; no group and no global grant counts."""

    content_object = models.ForeignKey(PatientHandle, on_delete=models.CASCADE, related_name="grants")
    ends_at = models.DateTimeField(default=in_a_day)

    class Meta(UserObjectPermissionBase.Meta):
        db_table = "access_grant"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id} {self.content_object_id}"


class AccessRow(models.Model):
    """Read model of the trail: one row for each patient that a request reached for. No content."""

    event_id = models.UUIDField()
    line = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_role = models.CharField(max_length=16)
    patient_id = models.UUIDField(null=True)
    right = models.CharField(max_length=32, choices=[(r.value, r.value) for r in Right])
    purpose = models.CharField(max_length=16, choices=[(p.value, p.value) for p in Purpose])
    permitted = models.BooleanField()
    route = models.CharField(max_length=100)
    request_id = models.UUIDField()

    class Meta:
        db_table = "access_seen"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["event_id", "line"], name="access_seen_once")]
        indexes = [
            models.Index(fields=["at"], name="access_seen_at"),
            models.Index(fields=["patient_id", "-id"], name="access_seen_patient"),
            models.Index(fields=["actor_id", "-id"], name="access_seen_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}/{self.line}"


class UsedKey(models.Model):
    """An Idempotency-Key that has been used, with a keyed digest of what it was used for. No request body is kept.

    `made` is the id that the write was answered with; None where the key was used before ids were kept.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    digest = models.BinaryField(max_length=32)
    made = models.UUIDField(null=True)
    used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "access_used_key"
        default_permissions = ()
        indexes = [models.Index(fields=["used_at"], name="access_used_key_at")]

    def __str__(self) -> str:
        return str(self.id)
