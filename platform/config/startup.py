"""What every serving process checks once: the database's role, the keys, and in production that nobody is a demo."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password

from apps.accounts.rows import login_index
from apps.sessions.demo.people import every_login
from eventstore.guard import refuse_unsafe_role
from vault.wrapping import refuse_wrong_keks


class DemoAccountsExist(Exception):
    """Real patients must not share an installation with accounts whose password is known."""


def refuse_unsafe_start() -> None:
    """Raises UnsafeRole, KekRefused or DemoAccountsExist; OperationalError or KeyUnavailable: start again later."""
    refuse_unsafe_role()
    refuse_wrong_keks()
    if getattr(settings, "ATTUNE_REFUSES_DEMO_ACCOUNTS", False):
        refuse_demo_accounts()


def refuse_demo_accounts() -> None:
    """Closed ones may stay, since nothing removes a member of the staff from the log. They lose the known password, so
    that nobody signs in with one that is reopened.

    Raises:
        DemoAccountsExist: one is open.
    """
    indexes = [login_index(login) for login in every_login()]
    of_the_demo = get_user_model()._default_manager.filter(login_index__in=indexes)
    found = of_the_demo.filter(is_active=True).count()
    if found:
        raise DemoAccountsExist(f"{found} demonstration accounts are open: close them before real patients come")
    with_password = of_the_demo.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    with_password.update(password=make_password(None))
