"""The trail, page by page, with the names of staff."""

from dataclasses import dataclass

from access import selectors as trail
from access.models import AccessRow
from access.selectors import TrailFilter
from apps.accounts.selectors import staff_names
from apps.audit.words import PURPOSES, RIGHTS, RIGHTS_FOR

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One row, and what to call who asked: a staff member's name; a patient's account has none here."""

    row: AccessRow
    actor_name: str

    @property
    def right_in_words(self) -> str:
        words = RIGHTS_FOR.get((self.row.right, self.row.purpose))
        return str(words or RIGHTS.get(self.row.right, self.row.right))

    @property
    def purpose_in_words(self) -> str:
        return str(PURPOSES.get(self.row.purpose, self.row.purpose))


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Newest first. `older` is the cursor of the next page, None on the last."""

    lines: tuple[TrailLine, ...]
    older: int | None


def trail_page(wanted: TrailFilter, *, before: int | None = None, size: int = PAGE) -> TrailPage:
    """Up to `size` rows older than the cursor `before`. The caller records the reading."""
    rows = trail.accesses(wanted)
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = list(rows[: size + 1])
    shown = found[:size]
    names = staff_names([row.actor_id for row in shown])
    older = shown[-1].id if len(found) > size else None
    return TrailPage(tuple(TrailLine(row, names.get(row.actor_id, row.actor_role)) for row in shown), older)
