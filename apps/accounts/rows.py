"""Writes a user's row: login and name sealed, the login found again by its blind index only."""

from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from access.roles import Role
from apps.accounts.errors import LoginTaken
from apps.accounts.models import User, subject_of
from vault import blind, columns

LOGIN_COLUMN = "accounts.user.login"
NAME_COLUMN = "accounts.user.name"


def login_index(login: str) -> bytes:
    """32 bytes, the same for a login however it is cased or padded.

    Raises:
        KeyUnavailable: retry.
    """
    return blind.index(LOGIN_COLUMN, login)


@sensitive_variables("login", "password", "name")
def insert_user(user_id: UUID, login: str, password: str, role: Role, *, name: str) -> User:
    """
    Raises:
        LoginTaken: the row of someone else has this login.
    """
    subject = subject_of(role, user_id)
    user = User(
        id=user_id,
        role=role.value,
        password=make_password(password),
        login_index=login_index(login),
        login_sealed=columns.seal(subject, login.strip(), column=LOGIN_COLUMN),
        name_sealed=columns.seal(subject, name.strip(), column=NAME_COLUMN) if name.strip() else None,
        subject_id=subject,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as failure:
        raise LoginTaken from failure
    return user
