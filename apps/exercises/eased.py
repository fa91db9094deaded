"""What exercises and steps left: how much better things were after, and whether a step's calm picture still shows.

For the system's own work of choosing pictures. Nothing that a patient wrote leaves here.
"""

from collections.abc import Mapping
from datetime import datetime
from statistics import fmean
from typing import Any, Final
from uuid import UUID

from apps.exercises import ladder
from apps.exercises.events import LADDER, StepBegun
from apps.exercises.models import SEALED, ExerciseRow, LadderRow
from apps.exercises.unlocking import LONGEST
from apps.exercises.worksheets import WORKSHEETS, Value, Worksheet
from eventstore import store
from eventstore.stream import StreamName
from vault import columns

RISING: Final = frozenset({"activity_plan"})
"""Worksheets whose scales are better the higher, against what was expected. Elsewhere they say how bad it is."""


def changes(patient_id: UUID, since: datetime) -> dict[str, list[float]]:
    """Worksheet → how much better it was after each exercise finished since, oldest first; see `better`."""
    found: dict[str, list[float]] = {}
    rows = ExerciseRow.objects.filter(patient_id=patient_id, closed_at__gte=since).order_by("closed_at", "id")
    for row in rows:
        kept: dict[str, Any] = columns.open(patient_id, bytes(row.sealed), column=SEALED)
        change = better(WORKSHEETS[kept["worksheet"]], kept["values"]) if kept["status"] == "finished" else None
        if change is not None:
            found.setdefault(kept["worksheet"], []).append(change)
    return found


def better(worksheet: Worksheet, values: Mapping[str, Value]) -> float | None:
    """The mean change of the scales that were said before and after, in -1…1, better is positive; None without one."""
    sign = 1 if worksheet.key in RISING else -1
    found = [
        sign * (int(values[one.after]) - int(values[one.before])) / worksheet.field(one.before).most
        for one in worksheet.changes
        if one.before in values and one.after in values
    ]
    return fmean(found) if found else None


def on_calm_picture(patient_id: UUID, now: datetime) -> bool:
    """Whether the patient is on the calm picture that ends a step, of any ladder. One left open is not for ever."""
    return any(_calms(row.id, now) for row in LadderRow.objects.filter(patient_id=patient_id))


def _calms(ladder_id: UUID, now: datetime) -> bool:
    recorded = store.read(StreamName(LADDER, ladder_id))
    left = ladder.replay(one.event for one in recorded)
    begun = [one.recorded_at for one in recorded if isinstance(one.event, StepBegun)]
    return left.now is not None and not left.on_a_step and now - begun[-1] <= LONGEST
