"""Events in, rows out: each pair that was offered, and what became of it."""

from typing import Any

from apps.imagery.models import PAIR, PairRow
from apps.imagery.pair_events import PairChosen, PairOffered
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from vault import columns


class Pairs(Projection):
    """A row for each pair that was offered."""

    name = "imagery.pairs"
    version = 1
    models = (PairRow,)

    @on(PairOffered)
    def offered(self, event: PairOffered, meta: Recorded) -> None:
        assert meta.subject is not None, "a pair's stream has the patient as its subject"  # noqa: S101 -- an invariant
        facts: dict[str, Any] = {"engine_first": event.engine_first, "answer": None}
        PairRow.objects.create(
            session_id=meta.stream.entity_id,
            patient_id=meta.subject,
            offered_at=event.offered_at,
            sealed=columns.seal(meta.subject, facts, column=PAIR),
        )

    @on(PairChosen)
    def chosen(self, event: PairChosen, meta: Recorded) -> None:
        row = PairRow.objects.select_for_update().get(session_id=meta.stream.entity_id)
        facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=PAIR)
        row.sealed = columns.seal(row.patient_id, facts | {"answer": event.answer}, column=PAIR)
        row.save(update_fields=["sealed"])


def register() -> None:
    """Called once when the process starts."""
    register_projection(Pairs)
