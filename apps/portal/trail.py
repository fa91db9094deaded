"""The access trail in plain words, a line for each reader, day and matter. Pure but for translation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final, Protocol
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WHAT: Final[Mapping[str, str | Promise]] = {
    "view_own": gettext_lazy("looked at your record"),
    "run_session": gettext_lazy("took part in a session"),
    "answer": gettext_lazy("opened your questionnaires or exercises"),
    "consent": gettext_lazy("changed what you agree to"),
    "set_preferences": gettext_lazy("changed what pictures leave out or look for, or what an album keeps"),
    "view_chart": gettext_lazy("looked at your chart"),
    "write_note": gettext_lazy("wrote a note"),
    "acknowledge": gettext_lazy("took note of an alert about you"),
    "schedule": gettext_lazy("planned questionnaires or exercises with you"),
    "export": gettext_lazy("took a copy of your record"),
    "view_access": gettext_lazy("looked at who saw your record"),
    "manage_caseload": gettext_lazy("changed who cares for you"),
    "erase": gettext_lazy("erased your record"),
}
WHAT_FOR: Final[Mapping[tuple[str, str], str | Promise]] = {
    ("export", "research"): gettext_lazy("used ratings or choices about your pictures, without your name"),
}
"""Where a right means something else with one purpose: what research takes is counted or stripped, and no record."""
WHY: Final[Mapping[str, str | Promise]] = {
    "treatment": gettext_lazy("for your treatment"),
    "self": gettext_lazy("your own visit"),
    "audit": gettext_lazy("to check that records are used properly"),
    "operations": gettext_lazy("to run the service"),
    "research": gettext_lazy("for research"),
}
ROLE: Final[Mapping[str, str | Promise]] = {
    "provider": gettext_lazy("a clinician"),
    "supervisor": gettext_lazy("a supervising clinician"),
    "administrator": gettext_lazy("an administrator, who sees no clinical content"),
    "auditor": gettext_lazy("an auditor"),
    "researcher": gettext_lazy("a researcher"),
    "system": gettext_lazy("the service itself"),
}


class Access(Protocol):
    """What is needed of a row of the trail."""

    at: datetime
    actor_id: UUID
    actor_role: str
    right: str
    purpose: str
    permitted: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """One reader's visits of one kind on one day. `last` is the newest of them; `times` counts."""

    day: date
    last: datetime
    who: str
    mine: bool
    what: str
    why: str
    permitted: bool
    times: int


def visits(rows: Iterable[Access], *, patient_id: UUID, names: Mapping[UUID, str]) -> list[Visit]:
    """Rows (newest first) as visits, newest day first. Refused tries stand alone: they matter most."""

    def matter(row: Access) -> tuple[date, str, str, str, bool]:
        return timezone.localtime(row.at).date(), str(row.actor_id), row.right, row.purpose, row.permitted

    ordered = sorted(rows, key=lambda row: (matter(row), row.at), reverse=True)
    made = [_visit(list(group), patient_id, names) for _key, group in groupby(ordered, key=matter)]
    return sorted(made, key=lambda visit: visit.last, reverse=True)


def _visit(rows: list[Access], patient_id: UUID, names: Mapping[UUID, str]) -> Visit:
    newest = rows[0]
    mine = newest.actor_id == patient_id
    return Visit(
        day=timezone.localtime(newest.at).date(),
        last=newest.at,
        who=_("You") if mine else _who(newest, names),
        mine=mine,
        what=str(WHAT_FOR.get((newest.right, newest.purpose)) or WHAT.get(newest.right, newest.right)),
        why=str(WHY.get(newest.purpose, newest.purpose)),
        permitted=newest.permitted,
        times=len(rows),
    )


def _who(row: Access, names: Mapping[UUID, str]) -> str:
    role = str(ROLE.get(row.actor_role, row.actor_role))
    name = names.get(row.actor_id, "")
    return f"{name}, {role}" if name and name != row.actor_role else role
