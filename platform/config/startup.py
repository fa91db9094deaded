"""What every serving process checks once: the database's role, the keys, and in production that nobody is a demo."""

from django.conf import settings
from django.contrib.auth import get_user_model

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
    """Closed ones may stay: nobody signs in with them, and nothing removes a member of the staff from the log."""
    indexes = [login_index(login) for login in every_login()]
    found = get_user_model()._default_manager.filter(login_index__in=indexes, is_active=True).count()
    if found:
        raise DemoAccountsExist(f"{found} demonstration accounts are open: close them before real patients come")
