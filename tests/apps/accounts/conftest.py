import pytest

from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User

LOGIN, PASSWORD = "ada.canary@example.org", "quiet-lake-at-dawn-7"


@pytest.fixture
def patient(db: None) -> User:
    return create_user(LOGIN, PASSWORD, Role.PATIENT, name="Ada Canary")


@pytest.fixture
def provider(db: None) -> User:
    return create_user("grace@example.org", PASSWORD, Role.PROVIDER, name="Dr Grace")


@pytest.fixture
def administrator(db: None) -> User:
    return create_user("admin@example.org", PASSWORD, Role.ADMINISTRATOR, name="Ad Min")
