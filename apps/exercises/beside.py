"""What other apps show beside an exercise. `exercises` knows none of them: they register when the process starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from access.door import Permit


@dataclass(frozen=True, slots=True)
class Beside:
    """A part of an exercise's page: its template, what that is given, and its script ("" where it has none)."""

    template: str
    context: Mapping[str, Any]
    script: str = ""


Gather = Callable[[Permit, UUID], Beside | None]
"""The part for whoever the permit is; None where there is nothing to show. The exercise is of the permit's patient."""

_registered: list[Gather] = []


def register_beside(gather: Gather) -> None:
    """Called once when the process starts; the same one again changes nothing."""
    if gather not in _registered:
        _registered.append(gather)


def beside(permit: Permit, exercise_id: UUID) -> list[Beside]:
    """Every part that has something to show, in the order in which they registered."""
    found = (gather(permit, exercise_id) for gather in _registered)
    return [one for one in found if one is not None]
