"""A row of a picture as charts, albums and the API show it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from apps.exercises import selectors as exercises
from apps.imagery.models import IMAGE, ImageRow
from apps.imagery.words import is_preview
from vault import columns

_LATER: Final[dict[str, Any]] = {
    "template": "", "kind": "", "style": "", "seed": 0, "steps": 0, "guidance": 0.0, "scores": (), "not_judged": (),
    "unread": (), "read_as": (), "began_as": None, "strength": 1.0,
}  # fmt: skip
"""What rows of the projection's earlier versions lack, until the sealer has made them again."""


@dataclass(frozen=True, slots=True)
class PictureScore:
    """What a safety layer or a quality measure said. `refused_from` is where it would have refused, if it can."""

    label: str
    value: float
    refused_from: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownImage:
    """A picture as a chart or an album shows it. `why` is one text; `rating` is -2…2 or None.

    It was shown in a session or at an exercise; the other of the two ids is None.

    `set_aside` says that a clinician vetoed this very picture; `hidden_from_patient` that the patient is not shown
    it: for that, for a kind, style or template that is barred, or because it upset them.

    `fallback` says that it came from the vetted library, and `instead` why. `not_judged` names what no safety layer
    here can judge; `unread` the words of its prompt that the painter did not know, and `read_as` those that it took for
    a known one, each with that one. `began_as` is the picture that it was painted over, of which so much as `strength`
    says, from 0 to 1, was painted anew.
    """

    image_id: UUID
    session_id: UUID | None
    exercise_id: UUID | None
    shown_at: datetime
    alt: str
    line: str
    technique: str
    emotion: str
    why: str
    fallback: bool
    instead: str
    model: str
    template: str
    kind: str
    style: str
    seed: int
    steps: int
    guidance: float
    scores: tuple[PictureScore, ...]
    not_judged: tuple[str, ...]
    unread: tuple[str, ...]
    read_as: tuple[tuple[str, str], ...]
    began_as: UUID | None
    strength: float
    rating: int | None
    note: str
    withdrawn: bool
    set_aside: bool
    hidden_from_patient: bool = False

    @property
    def preview(self) -> bool:
        """Whether a preview model painted it."""
        return is_preview(self.model)


def opened(rows: Iterable[ImageRow], set_aside: Collection[str] = ()) -> list[ShownImage]:
    """The rows in their order. `set_aside` are the ids of vetoed pictures."""
    found = list(rows)
    of_exercises = exercises.known({row.session_id for row in found}) if found else frozenset()
    return [_opened(row, set_aside, at_exercise=row.session_id in of_exercises) for row in found]


def find(patient_id: UUID, image_id: UUID, set_aside: Collection[str] = ()) -> ShownImage | None:
    """One picture of this patient's; None where there is no such row (yet)."""
    return next(iter(opened(ImageRow.objects.filter(id=image_id, patient_id=patient_id), set_aside)), None)


def _opened(row: ImageRow, set_aside: Collection[str], *, at_exercise: bool) -> ShownImage:
    facts = _LATER | columns.open(row.patient_id, bytes(row.sealed), column=IMAGE)
    scores = tuple(PictureScore(label, value, limit) for label, value, limit in facts.pop("scores"))
    return ShownImage(
        image_id=row.id,
        session_id=None if at_exercise else row.session_id,
        exercise_id=row.session_id if at_exercise else None,
        shown_at=row.shown_at,
        why=" ".join(facts.pop("why")),
        instead=facts["fallback"],
        fallback=bool(facts.pop("fallback")),
        scores=scores,
        not_judged=tuple(facts.pop("not_judged")),
        unread=tuple(facts.pop("unread")),
        read_as=tuple((word, known) for word, known in facts.pop("read_as")),
        began_as=None if (began := facts.pop("began_as")) is None else UUID(began),
        set_aside=str(row.id) in set_aside,
        **facts,
    )
