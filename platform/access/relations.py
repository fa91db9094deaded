"""How an actor stands to a patient, read from the tables in one query of the same shape whatever the answer."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Exists, QuerySet
from django.utils import timezone

from access.models import Assignment, PatientGrant
from access.rights import Relation, Right
from eventstore.actor import Actor


def relation_between(actor: Actor, patient_id: UUID, right: Right) -> Relation:
    """STRANGER also for an actor whose account is closed or has another role by now."""
    standing = (
        get_user_model()
        ._default_manager.filter(pk=actor.id, role=actor.role, is_active=True)
        .annotate(
            assigned=Exists(_assignments(actor).filter(patient_id=patient_id)),
            granted=Exists(_grants(actor, right).filter(content_object_id=patient_id)),
        )
        .values_list("assigned", "granted")
        .first()
    )
    if standing is None:
        return Relation.STRANGER
    if actor.id == patient_id:
        return Relation.SELF
    assigned, granted = standing
    return Relation.ASSIGNED if assigned else Relation.GRANTED if granted else Relation.STRANGER


def patients_related_to(actor: Actor, right: Right) -> dict[UUID, Relation]:
    """Each patient on the actor's caseload or granted for this right, at this moment, in order of id."""
    if not get_user_model()._default_manager.filter(pk=actor.id, role=actor.role, is_active=True).exists():
        return {}
    granted: Collection[UUID] = _grants(actor, right).values_list("content_object_id", flat=True)
    related = dict.fromkeys(granted, Relation.GRANTED)
    related |= dict.fromkeys(_assignments(actor).values_list("patient_id", flat=True), Relation.ASSIGNED)
    return dict(sorted(related.items()))


def _assignments(actor: Actor) -> QuerySet[Assignment]:
    now = timezone.now()
    return Assignment.objects.filter(provider_id=actor.id, starts_at__lte=now, ends_at__gt=now)


def _grants(actor: Actor, right: Right) -> QuerySet[PatientGrant]:
    return PatientGrant.objects.filter(
        user_id=actor.id,
        permission__codename=right.value,
        permission__content_type__app_label="access",
        ends_at__gt=timezone.now(),
    )
