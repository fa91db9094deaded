"""A small clinic: two patients, a clinician for each, and one person of each other role."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from access import caseload
from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from eventstore.actor import Actor

SETUP = Actor.system("test")
PASSWORD = "quiet-lake-at-dawn-7"


@dataclass(frozen=True)
class Clinic:
    users: dict[str, User]

    def actor(self, name: str) -> Actor:
        return self.users[name].actor

    def id(self, name: str) -> UUID:
        return self.users[name].id


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def committed_clinic(fresh_db: str) -> Clinic:
    return make_clinic()


def make_clinic() -> Clinic:
    names = {
        "patient": Role.PATIENT,
        "other_patient": Role.PATIENT,
        "provider": Role.PROVIDER,
        "outsider": Role.PROVIDER,
    }
    names |= {role.value: role for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.RESEARCHER)}
    users = {
        name: create_user(f"{name}-{uuid4().hex[:6]}@example.org", PASSWORD, role, name=name)
        for name, role in names.items()
    }
    caseload.assign(users["provider"].id, users["patient"].id, actor=SETUP)
    caseload.assign(users["outsider"].id, users["other_patient"].id, actor=SETUP)
    return Clinic(users)
