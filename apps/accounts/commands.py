"""Opens and closes accounts. Row and event in one transaction: an account that is closed is closed at once."""

from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from access import caseload, grants
from access.roles import Role
from apps.accounts import streams
from apps.accounts.errors import LastAdministrator
from apps.accounts.events import AccountClosed, AccountOpened, AccountReopened, PasswordChanged
from apps.accounts.invitations import Invited, accept_invitation, invite, on_patient_joined
from apps.accounts.models import Invitation, RecoveryLink, User
from apps.accounts.recovery import ask_recovery, recover
from apps.accounts.rows import insert_user
from eventstore.actor import Actor
from vault import keys

__all__ = [
    "Invited",
    "accept_invitation",
    "ask_recovery",
    "close_account",
    "create_user",
    "erase_account",
    "give_password",
    "invite",
    "on_patient_joined",
    "recover",
    "reopen_account",
    "touch_session",
]

SETUP = Actor.system("setup")


@sensitive_variables("login", "password")
def create_user(
    login: str, password: str, role: Role, *, user_id: UUID | None = None, name: str = "", actor: Actor = SETUP
) -> User:
    """Open an account without an invitation, as set-up and demonstration data do.

    Args:
        user_id: a patient's record's id, where that exists already.

    Raises:
        LoginTaken: retrying won't help.
    """
    role, new_id = Role(role), user_id or uuid4()
    if role is Role.PATIENT:
        keys.create(new_id)
    with transaction.atomic():
        user = insert_user(new_id, login, password, role, name=name)
        streams.append(user, AccountOpened(role=role.value, invitation_id=None), actor=actor)
    return user


@sensitive_variables("password")
def give_password(user_id: UUID, password: str) -> None:
    """Set a password from a terminal, as demonstration accounts get theirs. Ends the account's sessions if it changed.

    Raises:
        User.DoesNotExist.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.check_password(password):
            return
        user.password = make_password(password)
        user.session_epoch += 1
        user.save(update_fields=["password", "session_epoch"])
        streams.append(user, PasswordChanged(by="setup"), actor=SETUP)


def close_account(user_id: UUID, *, reason: str, actor: Actor) -> None:
    """The person can't sign in any more, is out of all sessions from now on and treats nobody. Does nothing twice.

    Raises:
        LastAdministrator: open another administrator's account first. User.DoesNotExist.
    """
    with transaction.atomic():
        administrators = _locked_administrators()
        user = User.objects.select_for_update().get(pk=user_id)
        if not user.is_active:
            return
        if administrators == {user.id}:
            raise LastAdministrator
        user.is_active = False
        user.session_epoch += 1
        user.save(update_fields=["is_active", "session_epoch"])
        # Else whoever comes back would find everyone they treated, those who went to somebody else meanwhile included.
        caseload.end_all_by(user_id, actor=actor)
        grants.withdraw_all_of(user_id, actor=actor)
        streams.append(user, AccountClosed(reason=reason), actor=actor)


def _locked_administrators() -> set[UUID]:
    """Those with an open account. Locked, or two who close each other at the same moment would leave none."""
    rows = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR.value, is_active=True)
    return set(rows.order_by("pk").values_list("pk", flat=True))


def reopen_account(user_id: UUID, *, reason: str, actor: Actor) -> None:
    """The person may sign in again; a clinician treats nobody at first. Does nothing twice.

    Raises:
        User.DoesNotExist.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if user.is_active or user.login_index is None:
            return
        user.is_active = True
        user.save(update_fields=["is_active"])
        streams.append(user, AccountReopened(reason=reason), actor=actor)


def touch_session(session_key: str) -> None:
    """Put off the idle end of a session, as a page's request does; a live socket calls it now and then."""
    store = SessionStore(session_key)
    if store.load():
        store.save()


def erase_account(patient_id: UUID) -> None:
    """Forget a patient's login, name and links; the bare id stays, so that the trail keeps pointing at someone.

    Links first: whoever follows one at this moment is waited for, and what came of it is found below.
    """
    with transaction.atomic():
        Invitation.objects.filter(user_id=patient_id).delete()
        RecoveryLink.objects.filter(user_id=patient_id).delete()
        User.objects.filter(pk=patient_id).update(
            login_index=None,
            login_sealed=None,
            name_sealed=None,
            password=make_password(None),
            is_active=False,
            last_login=None,
        )
