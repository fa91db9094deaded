"""The one audited door to a patient's record: it decides, leaves the trail and hands out a `Permit`."""

from uuid import UUID

from django.http import Http404

from access import context
from access.decision import decide
from access.events import Opening
from access.permit import DOOR, Permit
from access.relations import patients_related_to, relation_between
from access.rights import Purpose, Relation, Right
from access.roles import role_named
from eventstore.actor import Actor

__all__ = ["Permit", "Purpose", "Relation", "Right", "open_caseload", "open_patient", "recheck"]


def open_patient(actor: Actor, patient_id: UUID, *, to: Right, why: Purpose) -> Permit:
    """The only way to reach a patient on a user's behalf. Audited, whatever the answer.

    Raises:
        Http404: absent or forbidden; they look and take alike, so that nobody can probe for ids.
    """
    relation = relation_between(actor, patient_id, to)
    permitted = decide(role_named(actor.role), to, relation, why)
    context.note(actor, _opening(patient_id, to, why, relation, permitted=permitted))
    if not permitted:
        raise Http404("no such record")
    return Permit(actor, patient_id, to, why, relation, DOOR)


def open_caseload(actor: Actor, *, why: Purpose, to: Right = Right.VIEW_CHART) -> list[Permit]:
    """A permit for each patient whom the actor treats or was granted now; the trail names all of them in one event.

    Raises:
        Http404: the role has no caseload, or not for this purpose.
    """
    role = role_named(actor.role)
    if not decide(role, to, Relation.ASSIGNED, why):
        context.note(actor, _opening(None, to, why, Relation.STRANGER, permitted=False))
        raise Http404("no such record")
    related = patients_related_to(actor, to)
    context.note(actor, *(_opening(patient, to, why, how, permitted=True) for patient, how in related.items()))
    return [Permit(actor, patient, to, why, how, DOOR) for patient, how in related.items()]


def recheck(permit: Permit) -> bool:
    """Whether the permit would still be given now. For live sockets, every few seconds; leaves no trail of its own."""
    relation = relation_between(permit.actor, permit.patient_id, permit.right)
    return decide(role_named(permit.actor.role), permit.right, relation, permit.purpose)


def _opening(patient_id: UUID | None, right: Right, why: Purpose, relation: Relation, *, permitted: bool) -> Opening:
    return Opening(
        patient_id=patient_id, right=right.value, purpose=why.value, relation=relation.value, permitted=permitted
    )
