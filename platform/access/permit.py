"""The door's answer, which selectors demand. Only `access.door` makes one."""

from dataclasses import InitVar, dataclass
from uuid import UUID

from access.rights import Purpose, Relation, Right
from eventstore.actor import Actor

DOOR = object()
"""The door's mark. Nothing but `access.door` names it (a test searches the source for it)."""


class PermitForged(Exception):
    """Someone else than the door tried to make a permit."""


class WrongPermit(Exception):
    """The permit at hand gives another right than the one asked for: a fault in the program, not in the request."""


@dataclass(frozen=True, slots=True)
class Permit:
    """This actor may do this with this patient's record, now and for this purpose. Never stored, never sent on."""

    actor: Actor
    patient_id: UUID
    right: Right
    purpose: Purpose
    relation: Relation
    mark: InitVar[object]

    def __post_init__(self, mark: object) -> None:
        if mark is not DOOR:
            raise PermitForged("permits are made by access.door")

    def require(self, *rights: Right) -> None:
        """Assert that the permit gives one of these rights.

        Raises:
            WrongPermit: it gives another.
        """
        if self.right not in rights:
            raise WrongPermit(f"{self.right} where one of {', '.join(rights)} is needed")
