"""What an exercise's page shows of the pictures that were asked for there, straight from the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.door import Permit, Right
from apps.exercises.selectors import Beside, register_beside
from apps.imagery import aggregate, album, policy, scheduling, wishing
from apps.imagery.barred import barred
from apps.imagery.events import CATEGORY, ImageReacted, ImageRequested, ImageShown, RequestEnded
from apps.imagery.keeping import chosen
from apps.imagery.keeping_events import ALBUM
from apps.imagery.words import is_preview
from eventstore import store
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

PAGE: Final = "imagery/_illustration.html"
CARE: Final = "imagery/_illustrations.html"
SCRIPT: Final = "imagery/illustration.js"
STATES: Final = ("open", "waiting", "shown", "upset", "consent", "enough", "nothing_stands", "not_ready")
RATINGS: Final[tuple[tuple[int, str | Promise], ...]] = (
    (-2, _("Much worse")),
    (-1, _("Worse")),
    (0, _("No change")),
    (1, _("Better")),
    (2, _("Much better")),
)
"""As a session asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustration:
    """How it stands with the picture of one exercise.

    Attributes:
        state: of STATES: a picture may be asked for, is waited for, is shown; else the code of why there is none.
        refused: the code of why none may be asked for now; "" where one may.
        rating: -2 to 2, as the patient rated it last; None where they did not.
    """

    state: str
    refused: str
    shown: ImageShown | None
    rating: int | None = None

    @property
    def why(self) -> str:
        """The reasons as one text."""
        return " ".join(self.shown.why) if self.shown else ""

    @property
    def preview(self) -> bool:
        """Whether a preview model painted it."""
        return self.shown is not None and is_preview(self.shown.model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One wish as the clinician sees it.

    `ended` is the code of why no picture came of it; "" while it is open. `rating` is -2 to 2; None where none stands.
    """

    wished_at: datetime
    shown: ImageShown | None
    ended: str
    withdrawn: bool
    set_aside: bool
    rating: int | None


def of_exercise(permit: Permit, exercise_id: UUID, at: datetime) -> Illustration:
    """The newest picture that nobody took away, or how it stands. Raises ExerciseUnknown."""
    situation = wishing.stands(permit, exercise_id, at)
    answer = policy.answer(situation, scheduling.WISH, at)
    refused = answer.reason if isinstance(answer, policy.Never) else ""
    history = [recorded.event for recorded in _log(permit, exercise_id)]
    shown = None if refused == "upset" else _newest(permit, history)
    if situation.painting and refused != "upset":
        return Illustration(state="waiting", refused=refused, shown=None)
    state = "shown" if shown else refused or _without(history)
    rating = _ratings(history).get(shown.image_id) if shown else None
    return Illustration(state=state, refused=refused, shown=shown, rating=rating)


def made(permit: Permit, exercise_id: UUID) -> list[Made]:
    """Every wish at an exercise, oldest first, with what came of it; for whoever treats the patient."""
    permit.require(Right.VIEW_CHART)
    log = _log(permit, exercise_id)
    history = [recorded.event for recorded in log]
    shown = {one.request_id: one for one in history if isinstance(one, ImageShown)}
    ended = {one.request_id: one.reason for one in history if isinstance(one, RequestEnded)}
    withdrawn, rated = aggregate.replay(log).images, _ratings(history)
    aside = chosen(permit.patient_id).standing("picture")
    found = []
    for asked in (one for one in history if isinstance(one, ImageRequested)):
        picture = shown.get(asked.request_id)
        found.append(
            Made(
                wished_at=asked.requested_at, shown=picture, ended=ended.get(asked.request_id, ""),
                withdrawn=picture is not None and withdrawn[picture.image_id],
                set_aside=picture is not None and str(picture.image_id) in aside,
                rating=rated.get(picture.image_id) if picture else None,
            )
        )  # fmt: skip
    return found


def register() -> None:
    """Called once when the process starts."""
    register_beside(_beside)


def _beside(permit: Permit, exercise_id: UUID) -> Beside | None:
    if permit.right is Right.VIEW_CHART:
        wishes = made(permit, exercise_id)
        return Beside(CARE, {"wishes": wishes}) if wishes else None
    found = of_exercise(permit, exercise_id, timezone.now())
    if found.state == "not_ready":
        return None
    kept = found.shown is not None and found.shown.image_id in _album(permit)
    return Beside(PAGE, {"illustration": found, "kept": kept, "ratings": RATINGS}, SCRIPT)


def _log(permit: Permit, exercise_id: UUID) -> list[Recorded]:
    recorded = store.read(StreamName(CATEGORY, exercise_id))
    return [one for one in recorded if one.subject == permit.patient_id]


def _newest(permit: Permit, history: Sequence[Any]) -> ImageShown | None:
    out = barred(permit.patient_id, chosen(permit.patient_id))
    shown = (one for one in reversed(history) if isinstance(one, ImageShown))
    return next((one for one in shown if not out.bars(one)), None)


def _ratings(history: Sequence[Any]) -> dict[UUID, int]:
    """Each picture's last one."""
    return {one.image_id: one.rating for one in history if isinstance(one, ImageReacted)}


def _without(history: Sequence[Any]) -> str:
    last = history[-1] if history else None
    return "nothing_stands" if isinstance(last, RequestEnded) and last.reason == "nothing_stands" else "open"


def _album(permit: Permit) -> tuple[UUID, ...]:
    return album.replay(one.event for one in store.read(StreamName(ALBUM, permit.patient_id))).kept
