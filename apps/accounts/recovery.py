"""A forgotten password: a single-use link, mailed. Whoever asks can't tell whether the login exists."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from apps.accounts import streams, tallies, tokens
from apps.accounts.errors import LinkUnusable
from apps.accounts.events import PasswordChanged, RecoveryAsked
from apps.accounts.models import RecoveryLink, User
from apps.accounts.rows import login_index
from apps.accounts.selectors import login_of
from eventstore import jobs

LASTS = timedelta(minutes=30)
JOB = "accounts.mail_recovery"


@sensitive_variables("login")
def ask_recovery(login: str) -> None:
    """Have a link mailed to whoever has this login. Does the same work when nobody has it, and says nothing."""
    key = tallies.key("recovery", login)
    with transaction.atomic():
        if tallies.hold(key) is not None:
            return
        tallies.failed(key, tallies.RECOVERY)
        user = User.objects.filter(login_index=login_index(login), is_active=True).first()
        # An id that is nobody's makes the job a no-op; the row, the worker and the time are the same.
        jobs.enqueue(kind=JOB, key=uuid4(), ids={"user_id": user.id if user else uuid4()}, queue="default")


def make_link(user: User) -> str:
    """A new link's secret; links made before stop working. Called by the worker, so that the secret is in no queue."""
    token, now = tokens.fresh(), timezone.now()
    with transaction.atomic():
        RecoveryLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
        link = RecoveryLink.objects.create(user=user, token_digest=tokens.digest(token), expires_at=now + LASTS)
        streams.append(user, RecoveryAsked(link_id=link.id, expires_at=link.expires_at))
    return token


def find_link(token: str) -> RecoveryLink:
    """
    Raises:
        LinkUnusable: absent, used or too old.
    """
    return _usable(RecoveryLink.objects.filter(token_digest=tokens.digest(token)).first())


@sensitive_variables("password")
def recover(link_id: UUID, password: str) -> User:
    """Set a new password by a link that `find_link` found. Ends all sessions of the account.

    Raises:
        LinkUnusable: used or too old meanwhile, or the account was closed.
    """
    with transaction.atomic():
        link = _usable(RecoveryLink.objects.select_for_update().filter(pk=link_id).first())
        # Whoever locked the account by guessing does not keep its owner out. The tally before the user, as signing in
        # takes them, or the two would wait for each other.
        tallies.cleared(tallies.key("login", login_of(User.objects.get(pk=link.user_id))))
        user = User.objects.select_for_update().get(pk=link.user_id)
        if not user.is_active:
            raise LinkUnusable
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        user.password = make_password(password)
        user.session_epoch += 1
        user.save(update_fields=["password", "session_epoch"])
        streams.append(user, PasswordChanged(by="recovery"))
    return user


def _usable(link: RecoveryLink | None) -> RecoveryLink:
    if link is None or link.used_at is not None or link.expires_at <= timezone.now():
        raise LinkUnusable
    return link
