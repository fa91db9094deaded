"""All registered projections and subscriptions as followers of the log."""

from uuid import UUID

from django.db import transaction

from eventstore import projection, subscription
from eventstore.following import Following, locked_place
from eventstore.models import Follower
from eventstore.projection import Projection
from eventstore.recorded import Recorded
from eventstore.subscription import Subscription


def of_projection(kind: type[Projection]) -> Following:
    made = kind()
    return Following(kind.name, kind.version, tuple(kind.handlers()), made.handle, made.forget)


def of_subscription(known: Subscription) -> Following:
    def handle(event_class: type, meta: Recorded) -> None:
        known.routes[event_class](meta.event, meta)

    return Following(known.name, 1, tuple(known.routes), handle, lambda subject: None)


def all_followers() -> list[Following]:
    """Projections first, so that a subscription's job finds its rows up to date."""
    projections = [of_projection(kind) for kind in projection.registered().values()]
    return projections + [of_subscription(known) for known in subscription.registered().values()]


def forget(subject: UUID) -> None:
    """Drop a subject's rows from all read models. May run twice.

    A projection that is in the middle of a step is waited for: it may be writing rows of this subject, from events that
    it opened before the keys went. Its next step reads tombstones.
    """
    for kind in projection.registered().values():
        follower = of_projection(kind)
        with transaction.atomic():
            locked_place(follower)
            follower.forget(subject)


def resume_stopped() -> list[str]:
    """Let stopped followers try again (after a deploy, or at the sealer's start). Their names."""
    stopped = Follower.objects.filter(status=Follower.Status.STOPPED)
    names = list(stopped.values_list("name", flat=True))
    stopped.update(status=Follower.Status.RUNNING, problem="")
    return names
