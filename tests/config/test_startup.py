"""What a serving process refuses to start with."""

import pytest
from django.db import connections

from access.roles import Role
from apps.accounts.commands import close_account, create_user, reopen_account
from apps.accounts.models import User
from config.celery import leave_no_connection
from config.startup import DemoAccountsExist, refuse_demo_accounts, refuse_unsafe_start
from eventstore.actor import Actor
from eventstore.errors import UnsafeRole
from eventstore.guard import refuse_unsafe_role


@pytest.mark.django_db
def test_the_apps_role_and_keys_may_serve() -> None:
    refuse_unsafe_start()


def test_the_owner_may_not_serve(fresh_db: str) -> None:
    with pytest.raises(UnsafeRole):
        refuse_unsafe_role("owner")


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["patient", "provider", "admin", "outsider", "patient002", "patient999"])
def test_a_demonstration_account_keeps_production_from_starting_until_it_is_closed(login: str) -> None:
    refuse_demo_accounts()
    user = create_user(f"{login}@demo.example".upper(), "a long password for this", Role.PROVIDER)
    with pytest.raises(DemoAccountsExist, match="1 demonstration"):
        refuse_demo_accounts()
    close_account(user.id, reason="left", actor=Actor.system("test"))
    refuse_demo_accounts()
    reopen_account(user.id, reason="by mistake", actor=Actor.system("test"))
    assert not User.objects.get(pk=user.id).check_password("a long password for this")


def test_a_worker_starts_with_no_connection_open(fresh_db: str) -> None:
    """Celery closes the sockets that it finds then, and whoever held them would wait for ever."""
    refuse_unsafe_start()
    assert any(one.connection is not None for one in connections.all(initialized_only=True))
    leave_no_connection()
    assert all(one.connection is None for one in connections.all(initialized_only=True))
