"""What binds the choice for a patient: their style, and what a clinician set aside. Pure: history in, events out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, Final, Protocol
from uuid import UUID

from apps.imagery.keeping_events import LeftOut, LetIn, StyleSet, TasteReset
from apps.imagery.words import KINDS, LIBRARY, STYLES

WHATS: Final = ("picture", "template", "style", "kind")
SHORTEST_REASON: Final = 3
LONGEST_REASON: Final = 500


class NotOffered(ValueError):
    """No such style, kind or thing that could be set aside."""


class ReasonMissing(ValueError):
    """A veto needs a few words: whoever treats the patient next must understand it."""


class NothingWouldStand(ValueError):
    """The last style, or the last kind of scene, cannot be set aside: nothing could be painted any more."""


class VetoUnknown(LookupError):
    """No such veto stands for this patient."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """Who took a veto back, when and why."""

    by: UUID
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Veto:
    """Something set aside for a patient, by whom and why. `lifted` is None while it stands."""

    id: UUID
    what: str
    value: str
    image_id: UUID | None
    template: str
    reason: str
    by: UUID
    at: datetime
    lifted: Lifted | None = None


@dataclass(frozen=True, slots=True)
class Choosing:
    """What the choice of pictures is bound to for one patient. Vetoes in the order in which they were set.

    `reset_at` is when the patient last had forgotten what was learned; None where they never did.
    """

    style: str = ""
    vetoes: tuple[Veto, ...] = ()
    reset_at: datetime | None = None
    version: int = 0

    def standing(self, what: str) -> frozenset[str]:
        """The values set aside now, of one sort."""
        return frozenset(veto.value for veto in self.vetoes if veto.what == what and veto.lifted is None)

    @property
    def templates(self) -> frozenset[str]:
        """Templates and scenes of the library that are not chosen. The library's scene goes with its picture."""
        scenes = {one.template for one in self.vetoes if one.what == "picture" and one.lifted is None}
        return self.standing("template") | {scene for scene in scenes if scene.startswith(LIBRARY)}


class History(Protocol):
    """What a recorded event tells the rules."""

    @property
    def event(self) -> Any: ...
    @property
    def version(self) -> int: ...
    @property
    def actor_id(self) -> UUID: ...
    @property
    def recorded_at(self) -> datetime: ...


def replay(history: Iterable[History]) -> Choosing:
    """What a history leaves."""
    return reduce(_apply, history, Choosing())


def _apply(choosing: Choosing, recorded: History) -> Choosing:
    choosing = replace(choosing, version=recorded.version)
    match recorded.event:
        case StyleSet(style=style):
            return replace(choosing, style=style)
        case TasteReset(reset_at=reset_at):
            return replace(choosing, reset_at=reset_at)
        case LeftOut() as set_aside:
            return replace(choosing, vetoes=(*choosing.vetoes, _veto(set_aside, recorded)))
        case LetIn(veto_id=veto_id, reason=reason):
            lifted = Lifted(recorded.actor_id, recorded.recorded_at, reason)
            vetoes = (replace(one, lifted=lifted) if one.id == veto_id else one for one in choosing.vetoes)
            return replace(choosing, vetoes=tuple(vetoes))
    return choosing


def set_style(choosing: Choosing, style: str) -> list[object]:
    """Choose a style, or leave it to the engine with "". Raises NotOffered."""
    if style and style not in STYLES:
        raise NotOffered("no such style")
    return [] if style == choosing.style else [StyleSet(style=style)]


def forget(at: datetime) -> list[object]:
    """Have what was learned forgotten; it is always possible, and needs no reason."""
    return [TasteReset(reset_at=at)]


def leave_out(choosing: Choosing, wanted: LeftOut) -> list[object]:
    """Set something aside; what stands already is not set aside twice.

    Raises:
        NotOffered, ReasonMissing, NothingWouldStand
    """
    if wanted.what not in WHATS or not wanted.value:
        raise NotOffered("no such thing to set aside")
    offered = {"style": STYLES, "kind": KINDS}.get(wanted.what)
    if offered is not None:
        _must_leave_one(choosing, wanted, offered)
    reason = wanted.reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    if wanted.value in choosing.standing(wanted.what):
        return []
    return [replace(wanted, reason=reason)]


def let_in(choosing: Choosing, veto_id: UUID, *, reason: str) -> list[object]:
    """Take a veto back; once is enough. The reason may be empty. Raises VetoUnknown."""
    found = next((veto for veto in choosing.vetoes if veto.id == veto_id), None)
    if found is None:
        raise VetoUnknown
    return [] if found.lifted else [LetIn(veto_id=veto_id, reason=reason.strip()[:LONGEST_REASON])]


def _must_leave_one(choosing: Choosing, wanted: LeftOut, offered: tuple[str, ...]) -> None:
    if wanted.value not in offered:
        raise NotOffered("no such word of a scene")
    if not set(offered) - choosing.standing(wanted.what) - {wanted.value}:
        raise NothingWouldStand


def _veto(event: LeftOut, recorded: History) -> Veto:
    return Veto(
        id=event.veto_id,
        what=event.what,
        value=event.value,
        image_id=event.image_id,
        template=event.template,
        reason=event.reason,
        by=recorded.actor_id,
        at=recorded.recorded_at,
    )
