"""Verifying keys: one that is gone went in an erasure, and whoever the log calls erased has none, nor anything else.

A key database that was lost, or restored from an older backup than the log, differs in one of these two ways: records
that nobody erased cannot be read any more, or an erased patient can be read again. Where the log is the older one, keys
are gone in an erasure that it does not know.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from eventstore import erased, erasure, event, upcast
from eventstore.checking_chains import Checked
from eventstore.findings import Problem
from vault import keys

# Keys and rows go a moment after the log says so; an erasure at work is given this long before it counts as undone.
GRACE_S: Final = 2.0
_PAUSE_S: Final = 0.1


def _names_under_the_systems_key() -> set[str]:
    kinds = [kind for kind in event.catalogue().values() if kind.system_key]
    return {name for kind in kinds for name in upcast.stored_names(kind.name)}


@dataclass(slots=True)
class _Use:
    """What one subject's events and files (None: the system's) are sealed under: how many, and the first event."""

    first: Checked
    events: int = 0
    files: int = 0


@dataclass(slots=True)
class Keys:
    """`note()` each event of the walk and its files, then `settle()`; `problems` and `erased` hold what was found."""

    problems: list[Problem] = field(default_factory=list)
    erased: int = 0
    _uses: dict[tuple[UUID, UUID | None], _Use] = field(default_factory=dict)
    _erasing: dict[UUID, Checked] = field(default_factory=dict)
    _erasing_names: set[str] = field(default_factory=upcast.erasing_names)
    _of_the_system: set[str] = field(default_factory=_names_under_the_systems_key)

    def note(self, checked: Checked) -> None:
        place = checked.place
        owner = None if place.type in self._of_the_system else place.subject
        self._uses.setdefault((place.key_id, owner), _Use(checked)).events += 1
        if place.subject is not None and place.type in self._erasing_names:
            self._erasing.setdefault(place.subject, checked)

    def note_files(self, checked: Checked, key_ids: Iterable[UUID]) -> None:
        """A file is always its subject's, whatever seals the event that names it."""
        for key_id in key_ids:
            self._uses.setdefault((key_id, checked.place.subject), _Use(checked)).files += 1

    def settle(self) -> None:
        """Ask for the keys now, at the walk's end, and only then who is erased: so no erasure meanwhile is a loss.

        Raises:
            KeyUnavailable: retry.
        """
        self._settle_the_gone()
        self._settle_the_erased()

    def _settle_the_gone(self) -> None:
        gone = keys.missing({key_id for key_id, _ in self._uses})
        marked, destroyed = keys.erased_subjects(), dict[UUID, _Use]()
        # Of whoever is erased during the walk, the log is asked anew: it says so before the keys go.
        unsaid = marked - self._erasing.keys() - erased.said_of(marked - self._erasing.keys())
        said = (marked | self._erasing.keys()) - unsaid
        for (key_id, owner), use in self._uses.items():
            if key_id not in gone:
                continue
            if owner in said:
                self.erased += use.events
            elif owner in unsaid:
                destroyed.setdefault(owner, use)
            else:
                lost = f"{use.events} events and {use.files} files cannot be read"
                detail = f"key {key_id} is gone, and nobody was erased: {lost}"
                self._report("key_lost", use.first, detail)
        for owner, use in destroyed.items():
            detail = f"the keys of {owner} were destroyed, and the log does not say so: run erase_patient"
            self._report("erasure_not_said", use.first, detail)

    def _settle_the_erased(self) -> None:
        came_back = _in_the_end(set(self._erasing), keys.not_destroyed)
        for subject in sorted(came_back):
            detail = f"the log says that {subject} is erased, the key database does not: run erase_patient again"
            self._report("key_not_destroyed", self._erasing[subject], detail)
        for subject in sorted(_in_the_end(self._erasing.keys() - came_back, erasure.unfinished)):
            detail = f"{subject} is not erased to the end: run erase_patient again"
            self._report("erasure_unfinished", self._erasing[subject], detail)

    def _report(self, kind: str, at: Checked, detail: str) -> None:
        name = str(at.name) if at.name else None
        self.problems.append(Problem(kind, name, at.place.version, at.position, detail))


def _in_the_end(subjects: set[UUID], left: Callable[[set[UUID]], set[UUID]]) -> set[UUID]:
    """Those of these of whom something is still `left` when the grace is over."""
    until = time.monotonic() + GRACE_S
    while subjects := left(subjects):
        if time.monotonic() >= until:
            break
        time.sleep(_PAUSE_S)
    return subjects
