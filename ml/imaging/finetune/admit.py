"""Whether one picture may be trained on: papers, caption, file, duplicates, safety; the first no is the answer."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ml.faces.image_file import read_image
from ml.faces.source_errors import SourceUnreadable
from ml.imaging.finetune.candidates import Candidate
from ml.imaging.finetune.likeness import Looks, Seen, looks_of
from ml.safety.image import screen_image
from ml.safety.text import screen_text
from ml.safety.verdict import Refusal, SafeImage

LEAST_SIDE: Final = 64
MOST_CAPTION: Final = 400
"""Characters; a text encoder reads some 77 tokens."""
_LICENCES: Final = Path(__file__).parent / "licences.toml"


class NotAdmitted(Exception):
    """Why not: a code that reports count, and what a person can do something about."""

    def __init__(self, reason: str, detail: str) -> None:
        """Both go into the manifest."""
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Admitted:
    """A picture that may be trained on; `pixels` (H, W, 3) RGB bytes, `labels` what the safety layers scored."""

    candidate: Candidate
    pixels: npt.NDArray[np.uint8]
    looks: Looks
    labels: dict[str, float]


def admit(candidate: Candidate, seen: Seen, folder: Path) -> Admitted:
    """Judge one candidate against the rules and those already seen; cheap questions first.

    Args:
        folder: what a list may not point out of.

    Raises:
        NotAdmitted
    """
    _papers(candidate)
    _caption(candidate.caption)
    pixels = _pixels(candidate, folder)
    looks = looks_of(pixels)
    _first_of_its_kind(looks, seen)
    safe = screen_image(pixels)
    if isinstance(safe, Refusal):
        raise NotAdmitted("unsafe_image", f"{safe.verdict.stage}: {safe.verdict.reason}")
    seen.add(candidate.name, looks)
    return Admitted(candidate, pixels, looks, _scores(safe))


def _papers(candidate: Candidate) -> None:
    tables = licences()
    name = candidate.licence
    if not name:
        raise NotAdmitted("no_licence", "no licence is stated")
    if name in tables["refused"]:
        raise NotAdmitted("licence_refused", f"{name} {tables['refused'][name]}")
    if name not in tables["allowed"]:
        raise NotAdmitted("licence_unknown", f"{name!r} is not in licences.toml")
    if tables["allowed"][name]["credit"] and not (candidate.author and candidate.source):
        raise NotAdmitted("no_credit", f"{name} wants author and source stated")


@cache
def licences() -> dict[str, dict[str, Any]]:
    """Tables `allowed` and `refused`, by licence."""
    return tomllib.loads(_LICENCES.read_text("utf-8"))


def _caption(caption: str) -> None:
    if not caption:
        raise NotAdmitted("no_caption", "no caption is stated")
    if len(caption) > MOST_CAPTION:
        raise NotAdmitted("caption_too_long", f"{len(caption)} characters; at most {MOST_CAPTION} are read")
    judged = screen_text(caption)
    if isinstance(judged, Refusal):
        raise NotAdmitted("unsafe_caption", f"{judged.verdict.stage}: {judged.verdict.reason}")


def _pixels(candidate: Candidate, folder: Path) -> npt.NDArray[np.uint8]:
    path = candidate.path
    try:
        _there(path, folder)
        pixels = read_image(path)
    except SourceUnreadable as error:
        raise NotAdmitted("unreadable", str(error).removeprefix(f"{path}: ")) from error
    except (OSError, ValueError) as error:  # names that no file can have, files that may not be read
        raise NotAdmitted("unreadable", str(error)) from error
    if min(pixels.shape[:2]) < LEAST_SIDE:
        height, width = pixels.shape[:2]
        raise NotAdmitted("too_small", f"{width}×{height}; the shorter side has to be {LEAST_SIDE} or more")
    return pixels


def _there(path: Path, folder: Path) -> None:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise NotAdmitted("outside", "the list points out of the folder")
    if not path.is_file():
        raise NotAdmitted("missing", "there is no such file")
    if path.stat().st_size == 0:
        raise NotAdmitted("empty", "the file is empty")


def _first_of_its_kind(looks: Looks, seen: Seen) -> None:
    same = seen.same_pixels(looks)
    if same is not None:
        raise NotAdmitted("duplicate", f"the same pixels as {same}")
    alike = seen.same_to_the_eye(looks)
    if alike is not None:
        raise NotAdmitted("near_duplicate", f"looks the same as {alike}")


def _scores(safe: SafeImage) -> dict[str, float]:
    return {label: round(float(score), 4) for label, score in safe.verdict.labels.items()}
