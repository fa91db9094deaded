"""What a clinician may do about an alert. The only writer of `review-…` streams."""

from uuid import UUID

from access.door import Permit, Right
from apps.providers import aggregate, selectors
from apps.providers.events import CATEGORY
from eventstore import store
from eventstore.stream import StreamName


def acknowledge(permit: Permit, alert_id: UUID, *, reason: str, command_id: UUID) -> int:
    """Take note of an alert of the permit's patient. Returns the version to wait for.

    Raises:
        AlertUnknown: this patient has no such alert (or it isn't projected yet).
        AlreadyReviewed, ReasonMissing: the rules say no; retrying won't help.
        WrongExpectedVersion: someone was first.
    """
    permit.require(Right.ACKNOWLEDGE)
    selectors.alert(permit, alert_id)
    stream = StreamName(CATEGORY, alert_id)
    if (version := store.done(stream, command_id)) is not None:
        return version
    history = [recorded.event for recorded in store.read(stream)]
    events = aggregate.acknowledge(history, alert_id=alert_id, reason=reason)
    return store.append(
        stream, events, expected=0, actor=permit.actor, command_id=command_id, subject=permit.patient_id
    )
