"""Which hard rules a decision met and which it broke, read off its finished words and the template files.

Nothing here asks the engine: the place and style are read from the prompt, the way of working from the file whose text
the prompt holds, and the limits are written out once more, so that a rule that is lost there is missed here.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import ml.prompting
from ml.prompting.choose import Choice
from ml.prompting.measuring.banned import Banned
from ml.prompting.measuring.cases import EXPOSURE, Case

HARD: Final = frozenset({"anger", "disgust", "fear", "sadness"})
STEADYING: Final = "mindfulness"
_TEMPLATES: Final = Path(ml.prompting.__file__).parent / "templates"
UNREADABLE: Final = "words that are no template's"

_PLACES: Final = (
    "sea", "lake", "river", "forest", "meadow", "mountains", "garden", "path", "night_sky", "desert", "room", "town",
)  # fmt: skip
_STYLES: Final = ("photo", "watercolour", "gouache", "ink", "paper")


@dataclass(frozen=True, slots=True)
class Written:
    """A template as its file has it."""

    technique: str
    text: re.Pattern[str]
    marked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Own:
    """What of the patient's own stands in the words: the place they like, and the triggers that it or a goal has."""

    place: str
    marked: frozenset[str]


def met(case: Case) -> Iterator[str]:
    """The rules that have something to forbid here."""
    wishes = case.preferences
    rules = {
        "trigger": case.triggers,
        "blocked kind": wishes.blocked_kinds,
        "blocked style": wishes.blocked_styles,
        "blocked template": wishes.blocked_templates,
        "blocked technique": wishes.blocked_techniques,
        "closed template": wishes.closed_templates or wishes.open_templates is not None,
        "ceiling": _above(case),
        "calming": wishes.calming,
        "exposure": not _bearable(case),
    }
    return (rule for rule, holds in rules.items() if holds)


def broken(case: Case, choice: Choice) -> Iterator[str]:
    """The rules that the finished words break; none is what should be."""
    written, wishes = _files().get(choice.template), case.preferences
    place, style, body = _read(choice.prompt)
    said = f"{choice.prompt} {choice.alt} {choice.line}"
    match = written.text.fullmatch(body) if written else None
    if written is None or match is None or not place or not style or "{" in said:
        yield UNREADABLE
        return
    technique, own = written.technique, _own(match)
    closed = choice.template in wishes.closed_templates
    rules = {
        "trigger": Banned(case.triggers).said(said) or (written.marked | own.marked) & case.triggers,
        "blocked kind": {place, own.place, choice.scene.kind} & wishes.blocked_kinds,
        "blocked style": {style, choice.scene.style} & wishes.blocked_styles,
        "blocked template": choice.template in wishes.blocked_templates,
        "blocked technique": technique in wishes.blocked_techniques,
        "closed template": closed or choice.template not in (wishes.open_templates or {choice.template}),
        "ceiling": _above(case) and technique != STEADYING,
        "calming": wishes.calming and technique != STEADYING,
        "exposure": technique == EXPOSURE and not _bearable(case),
    }
    yield from (rule for rule, fails in rules.items() if fails)


def technique_of(template: str) -> str:
    """The way of working in whose folder the template lies."""
    return _files()[template].technique


def _above(case: Case) -> bool:
    """Whether a hard feeling is above what the clinician set."""
    ceiling = case.preferences.intensity_ceiling
    return ceiling is not None and case.state.emotion in HARD and case.state.intensity > ceiling


def _bearable(case: Case) -> bool:
    """Whether exposure may be: approved, a feeling below .7 and the ceiling, distress below 70, no questionnaire worse.

    Whoever says 70 or more is not exposed, whatever a camera makes of the face.
    """
    state, wishes = case.state, case.preferences
    ceiling = 1.0 if wishes.intensity_ceiling is None else wishes.intensity_ceiling
    too_much = state.intensity >= min(0.7, ceiling) or (state.distress is not None and state.distress >= 70)
    worse = "worse" in case.progress.questionnaires.values()
    return wishes.ladder_approved and not too_much and not worse


def _read(prompt: str) -> tuple[str, str, str]:
    """The place that a prompt begins with, the style that its first line ends with, and what follows that line."""
    head, _, body = prompt.partition(". ")
    begins = (place for place in _PLACES if re.match(rf"(?:the |a |an )?{place.replace('_', ' ')}\b", head))
    ends = (style for style in _STYLES if style in head.rpartition(", ")[2].split())
    return next(begins, ""), next(ends, ""), body


def _own(match: re.Match[str]) -> Own:
    filled = match.groupdict()
    found: dict[str, tuple[str, dict[str, Any]]] = {
        slot: next(((key, one) for key, one in values.items() if one["shows"] == filled.get(slot)), ("", {}))
        for slot, values in _slots().items()
    }
    marked = frozenset(tag for _, one in found.values() for tag in one.get("triggers", ()))
    return Own(found["liked_place"][0], marked)


@cache
def _slots() -> dict[str, dict[str, Any]]:
    return tomllib.loads((_TEMPLATES / "slots.toml").read_text("utf-8"))


@cache
def _files() -> dict[str, Written]:
    found = {}
    for path in _TEMPLATES.glob("*/*.toml"):
        for name, fields in tomllib.loads(path.read_text("utf-8")).items():
            marked = frozenset(fields["contraindications"])
            found[f"{path.parent.name}.{path.stem}.{name}"] = Written(
                path.parent.name, _pattern(fields["text"]), marked
            )
    return found


def _pattern(text: str) -> re.Pattern[str]:
    """What the text is once its slots are filled, by slot; one that comes twice says the same both times."""
    parts, seen = re.split(r"\{(\w+)\}", text), set[str]()
    pattern = re.escape(parts[0])
    for slot, plain in zip(parts[1::2], parts[2::2], strict=True):
        pattern += (rf"(?P={slot})" if slot in seen else rf"(?P<{slot}>.+)") + re.escape(plain)
        seen.add(slot)
    return re.compile(pattern)
