"""The trail as rows: one for each patient whom a request reached for."""

from uuid import UUID

from access.events import RecordsAsked, TrailRead
from access.models import AccessRow
from access.rights import Right
from eventstore.projection import Projection, on
from eventstore.recorded import Recorded


class AccessTrail(Projection):
    """Who reached for which patient, when, why and with what answer."""

    name = "access.trail"
    version = 1
    models = (AccessRow,)

    def forget(self, subject: UUID) -> None:
        """Keeps the rows: who looked at an erased record stays accountable, and a bare id says nothing of a patient."""

    @on(RecordsAsked)
    def asked(self, fact: RecordsAsked, meta: Recorded) -> None:
        AccessRow.objects.bulk_create(
            AccessRow(
                event_id=meta.event_id,
                line=line,
                at=meta.recorded_at,
                actor_id=meta.actor_id,
                actor_role=meta.actor_role,
                patient_id=opening.patient_id,
                right=opening.right,
                purpose=opening.purpose,
                permitted=opening.permitted,
                route=fact.route,
                request_id=fact.request_id,
            )
            for line, opening in enumerate(fact.openings)
        )

    @on(TrailRead)
    def trail_read(self, fact: TrailRead, meta: Recorded) -> None:
        AccessRow.objects.create(
            event_id=meta.event_id,
            line=0,
            at=meta.recorded_at,
            actor_id=meta.actor_id,
            actor_role=meta.actor_role,
            patient_id=fact.filter_patient,
            right=Right.VIEW_ACCESS.value,
            purpose=fact.purpose,
            permitted=True,
            route=fact.route,
            request_id=fact.request_id,
        )
