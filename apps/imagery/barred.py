"""What is not put before a patient any more, though it once was; straight from the log, so that it counts at once."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from apps.imagery.upsetting import upset_kinds
from apps.imagery.vetoes import Choosing


class Picture(Protocol):
    """A picture that was shown, as its event or its row tells of it."""

    @property
    def image_id(self) -> UUID: ...
    @property
    def template(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def style(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Barred:
    """What a clinician set aside for the patient, and the kinds of what upset them."""

    pictures: frozenset[str]
    templates: frozenset[str]
    kinds: frozenset[str]
    styles: frozenset[str]

    def bars(self, picture: Picture) -> bool:
        """Whether the picture, its template, its kind or its style is barred."""
        return (
            str(picture.image_id) in self.pictures
            or picture.template in self.templates
            or picture.kind in self.kinds
            or picture.style in self.styles
        )


def barred(patient_id: UUID, bound: Choosing) -> Barred:
    """What stands for the patient, beside what binds their choice; nothing for someone unknown or erased."""
    return Barred(
        pictures=bound.standing("picture"),
        templates=bound.templates,
        kinds=bound.standing("kind") | upset_kinds(patient_id),
        styles=bound.standing("style"),
    )
