"""What those who look after accounts read of whose they are: a name of staff, a patient's id alone."""

from uuid import UUID

from access.roles import Role
from apps.accounts import selectors
from apps.accounts.models import User


def short(user_id: UUID) -> str:
    """As the access log shows a patient to those who read no charts."""
    return user_id.hex[:8]


def staff_name(user: User) -> str:
    """ "" for a patient, and where no name was given. Raises as `selectors.name_of`."""
    return "" if user.role == Role.PATIENT else selectors.name_of(user)
