"""The consent texts, by purpose and version, and what a form of them says.

A text that someone agreed to is never edited: add a version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypedDict

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.patients.forms import seen_in


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentText:
    """What the patient reads before agreeing to one purpose."""

    purpose: str
    version: int
    title: str | Promise
    explanation: str | Promise
    without: str | Promise  # what changes when the patient says no


TEXTS: Final[tuple[ConsentText, ...]] = (
    ConsentText(
        purpose="camera",
        version=1,
        title=_("Read my emotions from my camera"),
        explanation=_(
            "During a session your camera's pictures are read by a computer as seven emotions, then thrown away: no "
            "picture and no video is ever stored. The reading is a guess and often wrong; you can correct it any time."
        ),
        without=_("Without it, you tell us how you feel, and the session works the same way."),
    ),
    ConsentText(
        purpose="images",
        version=1,
        title=_("Paint pictures for me"),
        explanation=_(
            "A computer paints pictures to go with how you feel. Each is checked before you see it and is kept, "
            "encrypted, with your record, so that you and your care team can look at it again."
        ),
        without=_("Without it, a session has no pictures; everything else works the same way."),
    ),
    ConsentText(
        purpose="progress",
        version=1,
        title=_("Let my progress guide the pictures"),
        explanation=_(
            "Whether your questionnaires got better or worse, and how your exercises went, may guide which way of "
            "working a picture follows. The computer that chooses is told that much and no more: no answer of yours, "
            "no score, and nothing that you wrote."
        ),
        without=_("Without it, pictures go by how you feel at the moment and by what you liked before."),
    ),
    ConsentText(
        purpose="research",
        version=1,
        title=_("Use my data, without my name, for research"),
        explanation=_(
            "Your scores and ratings may be used, without your name or pictures of you, to learn which help works "
            "best. This never affects your care."
        ),
        without=_("Without it, your care is exactly the same."),
    ),
)

CURRENT: Final[Mapping[str, ConsentText]] = MappingProxyType(
    {text.purpose: text for text in sorted(TEXTS, key=lambda text: text.version)}
)
"""The newest text of each purpose."""


def versions(purpose: str) -> list[int]:
    """Those of the texts that this purpose has had."""
    return [text.version for text in TEXTS if text.purpose == purpose]


class Ticked(TypedDict):
    """What `commands.agree` takes beside the patient."""

    ticked: dict[str, int]
    seen: int | None


def ticked_in(sent: QueryDict) -> Ticked:
    """What is ticked, in which version of its text, and the patient's version that the form was made from."""
    purposes = [purpose for purpose in sent.getlist("consent") if purpose in CURRENT]
    return {"ticked": {purpose: _version_read(sent, purpose) for purpose in purposes}, "seen": seen_in(sent)}


def _version_read(sent: QueryDict, purpose: str) -> int:
    """The version that the page showed; the newest where it does not say."""
    said = sent.get(f"text-{purpose}", "")
    known = (version for version in versions(purpose) if str(version) == said)
    return next(known, CURRENT[purpose].version)
