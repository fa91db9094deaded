"""Finds who signs in by the login's blind index; as slow for a login that nobody has."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from apps.accounts.models import User
from apps.accounts.rows import login_index


class LoginIndexBackend(BaseBackend):
    @sensitive_variables("login", "password")
    def authenticate(
        self, request: HttpRequest | None, login: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """The user, or None for a wrong password, an unknown login and a closed account alike."""
        if not login or password is None:
            return None
        user = User.objects.filter(login_index=login_index(login)).first()
        if user is None:
            # The hash is what takes the time; without it, a quick no would tell that nobody has this login.
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: UUID) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
