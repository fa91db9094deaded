"""The demonstration's accounts, clearly marked as such. Production makes none, and refuses to start beside one."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings

from access import caseload
from access.roles import Role
from apps.accounts.commands import create_user, give_password
from apps.accounts.selectors import user_with_login
from apps.patients import commands as patients
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

SETUP = Actor.system("demonstration")
_NAMES = {
    "patient@demo.example": (Role.PATIENT, "Demo Patient"),
    "provider@demo.example": (Role.PROVIDER, "Demo Provider"),
    "admin@demo.example": (Role.ADMINISTRATOR, "Demo Administrator"),
    "outsider@demo.example": (Role.PROVIDER, "Demo Outsider"),
}
MOST_PATIENTS = 999


class DemoRefused(Exception):
    """Real patients are here: no account whose password is known may be made beside them."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The four accounts' ids, by login, and the password that they share."""

    users: dict[str, UUID]
    password: str


def password() -> str:
    """From ATTUNE_DEMO_PASSWORD; else the one made at random when this was first asked, kept under var/."""
    if settings.ATTUNE_DEMO_PASSWORD:
        return str(settings.ATTUNE_DEMO_PASSWORD)
    kept = Path(settings.ATTUNE_VAR) / "demo" / "password"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(15))
    return kept.read_text()


def every_login() -> list[str]:
    """Each login that an account of the demonstration can have, made or not."""
    return [*_NAMES, *(_numbered(number) for number in range(2, MOST_PATIENTS + 1))]


def refuse_beside_real_patients() -> None:
    """
    Raises:
        DemoRefused: this installation is for real patients (ATTUNE_REFUSES_DEMO_ACCOUNTS).
    """
    if getattr(settings, "ATTUNE_REFUSES_DEMO_ACCOUNTS", False):
        raise DemoRefused("no demonstration here: this installation is for real patients")


def make_people() -> Demo:
    """Create what is missing and give each account the demonstration's password. Repeating it changes nothing.

    Raises:
        DemoRefused: before anything is written.
    """
    refuse_beside_real_patients()
    shared = password()
    users = {login: _account(login, shared, role, name) for login, (role, name) in _NAMES.items()}
    _register(users["patient@demo.example"], "Demo Patient")
    caseload.assign(users["provider@demo.example"], users["patient@demo.example"], actor=SETUP)
    return Demo(users, shared)


def make_patient(number: int, provider_id: UUID) -> UUID:
    """One more demonstration patient (2 to `MOST_PATIENTS`), on the provider's caseload.

    Raises:
        DemoRefused: before anything is written.
    """
    refuse_beside_real_patients()
    login = _numbered(number)
    patient_id = _account(login, password(), Role.PATIENT, f"Demo Patient {number:03}")
    _register(patient_id, f"Demo Patient {number:03}")
    caseload.assign(provider_id, patient_id, actor=SETUP)
    return patient_id


def _numbered(number: int) -> str:
    return f"patient{number:03}@demo.example"


def _account(login: str, shared: str, role: Role, name: str) -> UUID:
    user = user_with_login(login)
    if user is None:
        return create_user(login, shared, role, name=name, actor=SETUP).id
    give_password(user.id, shared)
    return user.id


def _register(patient_id: UUID, name: str) -> None:
    if store.version_of(StreamName("patient", patient_id)):
        return
    command_id = uuid5(NAMESPACE_DNS, f"register.{patient_id}.demo.example")
    patients.register(patient_id, name=name, label=f"{name} (demonstration)", actor=SETUP, command_id=command_id)
