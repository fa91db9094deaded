"""Object grants beyond the caseload, kept by django-guardian: one right, one patient, one person, until a date.

Global permissions, groups and superusers give nothing here (guardian's `accept_global_perms=False`, taken literally).
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from access.decision import CLINICAL
from access.events import GrantEnded, RightGranted
from access.models import PatientGrant, PatientHandle
from access.rights import Right
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName


class RightNotGrantable(ValueError):
    """Only clinical rights can be granted beyond the caseload."""


def grant(user_id: UUID, patient_id: UUID, right: Right, *, until: datetime, actor: Actor) -> None:
    """Give one right over one patient until then. Repeating it moves the end.

    Raises:
        RightNotGrantable: not a clinical right, or `until` is past.
    """
    if right not in CLINICAL or until <= timezone.now():
        raise RightNotGrantable(f"{right} until {until.isoformat()}")
    user = get_user_model()._default_manager.get(pk=user_id)
    with transaction.atomic():
        handle, _ = PatientHandle.objects.get_or_create(id=patient_id)
        row = PatientGrant.objects.assign_perm(right.value, user, handle)
        row.ends_at = until
        row.save(update_fields=["ends_at"])
        _append(user_id, RightGranted(user_id=user_id, patient_id=patient_id, right=right.value, ends_at=until), actor)


def withdraw(user_id: UUID, patient_id: UUID, right: Right, *, actor: Actor) -> bool:
    """End a grant now. Returns whether there was one that still gave something."""
    now = timezone.now()
    with transaction.atomic():
        ended = PatientGrant.objects.filter(
            user_id=user_id, content_object_id=patient_id, permission__codename=right.value, ends_at__gt=now
        ).update(ends_at=now)
        if ended:
            _append(user_id, GrantEnded(user_id=user_id, patient_id=patient_id, right=right.value, ended_at=now), actor)
    return bool(ended)


def withdraw_all_of(user_id: UUID, *, actor: Actor) -> int:
    """End all that was granted to one person, as closing their account does. Returns how many grants that were."""
    now = timezone.now()
    live = PatientGrant.objects.filter(user_id=user_id, ends_at__gt=now).order_by("pk")
    given = [(row.content_object_id, Right(row.permission.codename)) for row in live.select_related("permission")]
    return sum(withdraw(user_id, patient_id, right, actor=actor) for patient_id, right in given)


def _append(user_id: UUID, fact: RightGranted | GrantEnded, actor: Actor) -> None:
    store.append(StreamName("caseload", user_id), [fact], expected=None, actor=actor, command_id=uuid4())
