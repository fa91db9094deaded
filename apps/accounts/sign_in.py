"""Signing in and out: counted, recorded, and with a new session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from apps.accounts import streams, tallies
from apps.accounts.events import SignedIn, SignedOut, SignInRefused
from apps.accounts.models import User
from apps.accounts.rows import login_index
from eventstore.actor import Actor

SIGNED_IN_AT = "attune.signed_in_at"
DESK = Actor.system("sign-in")
NOBODYS: Final = tuple(uuid5(UUID("6a0e4b0c-43a1-5f0e-9a53-0a7f7d1c2b84"), f"nobody's login {n}") for n in range(64))
"""Whose streams keep refusals of logins that nobody has: one by chance, so that a guess hardly waits for another, and
nothing in the log says of which login, which may be that of somebody who was erased."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Wrong login or password, or a closed account; or, with a wait, too many tries. Which login exists isn't told."""

    wait: timedelta | None = None


@sensitive_variables("login", "password")
def sign_in(request: HttpRequest, login: str, password: str) -> User | Refused:
    """Sign in with a session whose key is new. Returns rather than raises a refusal: its count must be committed."""
    by_login = tallies.key("login", login)
    network = tallies.key("network", tallies.network_of(request.META.get("REMOTE_ADDR", "")))
    with transaction.atomic():
        # The network first: what it is refused for leaves no row of a login that nobody has.
        wait = tallies.look(network) or tallies.hold(by_login)
        if wait is not None:
            return Refused(wait)
        user = auth.authenticate(request, login=login, password=password)
        if not isinstance(user, User):
            _refuse(login, by_login, network)
            return Refused()
        tallies.cleared(by_login)
        auth.login(request, user)
        request.session[SIGNED_IN_AT] = timezone.now().timestamp()
        streams.append(user, SignedIn(network=network))
    return user


def sign_out(request: HttpRequest) -> None:
    """End this session. Does nothing for someone who isn't signed in."""
    user = request.user
    if isinstance(user, User):
        streams.append(user, SignedOut(reason="asked"))
    auth.logout(request)


def expire(request: HttpRequest) -> None:
    """End a session that lasted longer than any may."""
    user = request.user
    if isinstance(user, User):
        streams.append(user, SignedOut(reason="too_long"))
    auth.logout(request)


def _one_of_nobodys() -> UUID:
    return secrets.choice(NOBODYS)


@sensitive_variables("login")
def _refuse(login: str, by_login: bytes, network: bytes) -> None:
    tallies.failed(by_login, tallies.LOGIN)
    tallies.failed(network, tallies.NETWORK)
    user = User.objects.filter(login_index=login_index(login)).first()
    fact = SignInRefused(network=network)
    if user is not None:
        streams.append(user, fact, actor=DESK)
    else:
        # Nobody's login leaves the same trace and takes the same time.
        streams.append_to(_one_of_nobodys(), None, fact, actor=DESK)
