"""The rules of reviewing templates: history in, new events out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from apps.imagery.review_events import (
    DraftsAllowed,
    DraftsClosed,
    TemplateApproved,
    TemplateReturned,
    TemplateWithdrawn,
)

DRAFT, APPROVED, WITHDRAWN = "draft", "approved", "withdrawn"
STATES: Final = (DRAFT, APPROVED, WITHDRAWN)
SHORTEST_COMMENT: Final = 3
LONGEST_COMMENT: Final = 1000

Judgement = TemplateApproved | TemplateWithdrawn | TemplateReturned
_EVENTS: Final[Mapping[str, type[Judgement]]] = {
    APPROVED: TemplateApproved,
    WITHDRAWN: TemplateWithdrawn,
    DRAFT: TemplateReturned,
}
_STATE_OF: Final = {event: state for state, event in _EVENTS.items()}


class NoSuchState(ValueError):
    """A template is a draft, approved or withdrawn."""


class CommentMissing(ValueError):
    """To withdraw a template, to put one back, and to decide about drafts takes a few words that say why."""


class WordsChanged(Exception):
    """The template's words are not those that were read; read it again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """What one clinician said of a template, of the words with this digest."""

    state: str
    digest: str
    comment: str
    by: UUID
    role: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether drafts may be shown, by whose word and why."""

    allowed: bool
    reason: str
    by: UUID
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reviews:
    """All that was said, each template's oldest first, and all decisions on drafts. `last` is the last event's id."""

    of: Mapping[str, tuple[Review, ...]] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    version: int = 0
    last: UUID | None = None

    @property
    def drafts_allowed(self) -> bool:
        """Whether the organisation's word stands that drafts may be shown."""
        return bool(self.decisions) and self.decisions[-1].allowed

    def state(self, template: str, *digests: str) -> str:
        """How the template of these words stands. An approval is of a wording, a withdrawal whatever the words."""
        said = self.of.get(template, ())
        if not said or (said[-1].state == APPROVED and said[-1].digest not in digests):
            return DRAFT
        return said[-1].state


class History(Protocol):
    """What a recorded event tells the rules."""

    @property
    def event(self) -> Any: ...
    @property
    def event_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def actor_id(self) -> UUID: ...
    @property
    def actor_role(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


def replay(history: Iterable[History], since: Reviews | None = None) -> Reviews:
    """What a history leaves, from the beginning or from what was left by all before it."""
    known = since or Reviews()
    of, decisions, version, last = dict(known.of), list(known.decisions), known.version, known.last
    for recorded in history:
        match recorded.event:
            case TemplateApproved() | TemplateWithdrawn() | TemplateReturned() as said:
                of[said.template] = (*of.get(said.template, ()), _review(said, recorded))
            case DraftsAllowed(reason=reason) | DraftsClosed(reason=reason) as decided:
                decisions.append(_decision(isinstance(decided, DraftsAllowed), reason, recorded))
        version, last = recorded.version, recorded.event_id
    return Reviews(of, tuple(decisions), version, last)


def review(
    reviews: Reviews, template: str, digest: str, *, state: str, seen: str, comment: str, by: UUID
) -> list[Judgement]:
    """Say how a template stands; the same word again by the same person, without a comment, is nothing new.

    Args:
        digest: of the template as it is now; `seen`: of the words that were read.

    Raises:
        NoSuchState, CommentMissing, WordsChanged
    """
    if state not in STATES:
        raise NoSuchState
    if seen != digest:
        raise WordsChanged
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT or (state != APPROVED and len(comment) < SHORTEST_COMMENT):
        raise CommentMissing
    said = reviews.of.get(template, ())
    same = said and reviews.state(template, digest) == state and said[-1].by == by
    return [] if same and not comment else [_EVENTS[state](template=template, digest=digest, comment=comment)]


def decide_drafts(reviews: Reviews, *, allowed: bool, reason: str) -> list[DraftsAllowed | DraftsClosed]:
    """Allow drafts to be shown, or take that back; what stands already is not said twice. Raises CommentMissing."""
    reason = reason.strip()
    if not SHORTEST_COMMENT <= len(reason) <= LONGEST_COMMENT:
        raise CommentMissing
    if reviews.drafts_allowed == allowed:
        return []
    return [DraftsAllowed(reason=reason) if allowed else DraftsClosed(reason=reason)]


def _review(said: Judgement, recorded: History) -> Review:
    return Review(
        state=_STATE_OF[type(said)],
        digest=said.digest,
        comment=said.comment,
        by=recorded.actor_id,
        role=recorded.actor_role,
        at=recorded.recorded_at,
    )


def _decision(allowed: bool, reason: str, recorded: History) -> Decision:
    return Decision(
        allowed=allowed, reason=reason, by=recorded.actor_id, role=recorded.actor_role, at=recorded.recorded_at
    )
