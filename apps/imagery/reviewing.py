"""The only writer of what is said of templates; and how they stand, straight from the log.

No row stands in between: a withdrawal counts with the next picture, however far projections are.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied

from access.roles import Role
from apps.imagery import reviews, scene_templates
from apps.imagery.review_events import REVIEWS
from apps.imagery.reviews import Reviews
from apps.imagery.scene_templates import SceneTemplate
from eventstore import store
from eventstore.actor import Actor
from eventstore.anew import anew

REVIEWERS: Final = frozenset({Role.PROVIDER.value, Role.SUPERVISOR.value})
"""Who may judge a template. An administrator judges no content …"""
DECIDERS: Final = frozenset({Role.SUPERVISOR.value, Role.ADMINISTRATOR.value})
"""… and may say, as a supervisor may, that the organisation shows drafts."""


class TemplateUnknown(LookupError):
    """No template has this id."""


class _Memory:
    """What this process read of the log so far. Each reading makes it anew, so that threads never see half of one."""

    known = Reviews()


def now() -> Reviews:
    """All that was said, in one small query once a process has read the log.

    The last event known is read again: where it is not the log's (a transaction rolled back, another database), all
    of it is read from the beginning.
    """
    known = _Memory.known
    fresh = store.read(REVIEWS, after=max(known.version - 1, 0))
    if known.version and (not fresh or fresh[0].event_id != known.last):
        known, fresh = Reviews(), store.read(REVIEWS)
    _Memory.known = reviews.replay(fresh[1:] if known.version else fresh, known)
    return _Memory.known


def template(template_id: str) -> SceneTemplate:
    """Raises TemplateUnknown."""
    found = scene_templates.by_id().get(template_id)
    if found is None:
        raise TemplateUnknown(template_id)
    return found


def review(template_id: str, state: str, *, seen: str, comment: str, actor: Actor, command_id: UUID) -> int:
    """Say how a template stands, of the words with the digest `seen`. Returns the stream's version.

    Raises:
        PermissionDenied: the actor's role judges no template.
        TemplateUnknown, NoSuchState, CommentMissing, WordsChanged: retrying won't help.
        WrongExpectedVersion: others wrote first each time; retry.
    """
    _must_be(actor, REVIEWERS)
    known = template(template_id)
    return _decide(
        lambda standing: reviews.review(
            standing, known.id, known.digest, state=state, seen=seen, comment=comment, by=actor.id
        ),
        actor,
        command_id,
    )


def decide_drafts(*, allowed: bool, reason: str, actor: Actor, command_id: UUID) -> int:
    """Record the organisation's decision about drafts. Raises as `review`."""
    _must_be(actor, DECIDERS)
    return _decide(lambda standing: reviews.decide_drafts(standing, allowed=allowed, reason=reason), actor, command_id)


def _must_be(actor: Actor, roles: frozenset[str]) -> None:
    if actor.role not in roles:
        raise PermissionDenied


def _decide(rule: Callable[[Reviews], Sequence[Any]], actor: Actor, command_id: UUID) -> int:
    if (version := store.done(REVIEWS, command_id)) is not None:
        return version

    def decided() -> int:
        standing = now()
        events = rule(standing)
        if not events:
            return standing.version
        return store.append(REVIEWS, events, expected=standing.version, actor=actor, command_id=command_id)

    return anew(decided)
