"""Invitations: single use, for one role and one id, until a date. The link's secret is shown once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from access import caseload
from access.roles import Role, role_named
from apps.accounts import streams, tokens
from apps.accounts.errors import LinkUnusable, MayNotInvite
from apps.accounts.events import AccountInvited, AccountOpened
from apps.accounts.models import Invitation, User, subject_of
from apps.accounts.rows import insert_user
from eventstore import erased
from eventstore.actor import Actor
from vault import keys

LASTS = timedelta(days=7)
CLINICIANS = frozenset({Role.PROVIDER, Role.SUPERVISOR})
MAY_INVITE: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset(Role) - {Role.PATIENT},  # whoever invites a patient treats them
    Role.SUPERVISOR: frozenset({Role.PATIENT}),
    Role.PROVIDER: frozenset({Role.PATIENT}),
}

type_of_joined = Callable[[UUID, str, Actor], None]
_joined: list[type_of_joined] = []


@dataclass(frozen=True, slots=True)
class Invited:
    """`token` is the link's secret; it is nowhere else."""

    token: str
    invitation_id: UUID
    user_id: UUID
    expires_at: datetime


def on_patient_joined(handler: type_of_joined) -> None:
    """Call `handler(patient_id, name, actor)` in the transaction in which a patient's account opens; at start only."""
    if handler not in _joined:
        _joined.append(handler)


def invite(role: Role, *, invited_by: Actor, user_id: UUID | None = None, command_id: UUID | None = None) -> Invited:
    """Make a link that opens one account.

    Args:
        user_id: the id of a patient's record that is registered already; a new one when left out.

    Raises:
        MayNotInvite: retrying won't help.
    """
    role, inviter = Role(role), role_named(invited_by.role)
    if inviter is None or role not in MAY_INVITE.get(inviter, frozenset()):
        raise MayNotInvite(f"{invited_by.role} invites no {role}")
    made = Invited(tokens.fresh(), uuid4(), user_id or uuid4(), timezone.now() + LASTS)
    if role is Role.PATIENT:
        keys.create(made.user_id)
    with transaction.atomic():
        Invitation.objects.create(
            id=made.invitation_id,
            token_digest=tokens.digest(made.token),
            user_id=made.user_id,
            role=role.value,
            invited_by=invited_by.id,
            expires_at=made.expires_at,
        )
        fact = AccountInvited(
            invitation_id=made.invitation_id, role=role.value, invited_by=invited_by.id, expires_at=made.expires_at
        )
        streams.append_to(made.user_id, subject_of(role, made.user_id), fact, actor=invited_by, command_id=command_id)
    return made


def find_invitation(token: str) -> Invitation:
    """
    Raises:
        LinkUnusable: absent, used or too old.
    """
    return _usable(Invitation.objects.filter(token_digest=tokens.digest(token)).first())


@sensitive_variables("token", "login", "password", "name")
def accept_invitation(token: str, login: str, password: str, *, name: str = "") -> User:
    """Open the account that the link is for. A patient whom a clinician invited joins that clinician's caseload.

    Raises:
        LinkUnusable, LoginTaken: retrying won't help.
    """
    return accept(find_invitation(token).id, login, password, name=name)


@sensitive_variables("login", "password", "name")
def accept(invitation_id: UUID, login: str, password: str, *, name: str = "") -> User:
    """As `accept_invitation`, for a link that was checked before: its secret need not be kept meanwhile.

    Raises:
        LinkUnusable, LoginTaken: retrying won't help. Unusable is also the link of someone who may not invite any more,
            and that of a patient who is erased, or is being erased at this moment.
    """
    with transaction.atomic():
        invitation = _usable(Invitation.objects.select_for_update().filter(pk=invitation_id).first())
        role, inviter = Role(invitation.role), _inviter(invitation)
        user = insert_user(invitation.user_id, login, password, role, name=name)
        invitation.used_at = timezone.now()
        invitation.save(update_fields=["used_at"])
        streams.append(user, AccountOpened(role=role.value, invitation_id=invitation.id))
        if role is Role.PATIENT:
            _welcome(user, inviter, name)
            # Last: an erasure that begins after this waits for the link's row, and finds the account.
            if erased.is_erased(user.id):
                raise LinkUnusable
    return user


def _inviter(invitation: Invitation) -> User:
    """Who made the link, held so that nobody closes that account meanwhile. Their links end with it: whoever was shut
    out could open a new account by one, and nobody would treat a patient who joined by one.
    """
    inviter = User.objects.select_for_update().filter(pk=invitation.invited_by, is_active=True).first()
    if inviter is None or Role(invitation.role) not in MAY_INVITE.get(Role(inviter.role), frozenset()):
        raise LinkUnusable
    return inviter


def _welcome(patient: User, inviter: User, name: str) -> None:
    caseload.assign(inviter.id, patient.id, actor=inviter.actor)
    for handler in _joined:
        handler(patient.id, name, patient.actor)


def _usable(invitation: Invitation | None) -> Invitation:
    if invitation is None or invitation.used_at is not None or invitation.expires_at <= timezone.now():
        raise LinkUnusable
    return invitation
