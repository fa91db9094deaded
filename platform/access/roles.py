"""The six roles. A user has exactly one."""

from enum import StrEnum


class Role(StrEnum):
    PATIENT = "patient"
    PROVIDER = "provider"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    RESEARCHER = "researcher"


def role_named(name: str) -> Role | None:
    """None for a name that is no person's role, such as a machine's "system"."""
    try:
        return Role(name)
    except ValueError:
        return None
