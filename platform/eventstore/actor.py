"""Who did it: a person by account id and role, or a machine by name."""

import uuid
from dataclasses import dataclass
from uuid import UUID

_NAMESPACE = uuid.UUID("0d6ee7f1-83ce-5c7e-9f3a-3a4c0f5a1c11")


@dataclass(frozen=True, slots=True)
class Actor:
    """Stands in the clear in each event's header; `role` is a role of `access`, or "system"."""

    id: UUID
    role: str

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The same id for the same name, everywhere."""
        return cls(uuid.uuid5(_NAMESPACE, name), "system")
