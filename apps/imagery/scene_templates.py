"""The templates as their data files have them, for pages: only tasks may ask `ml`, which chooses and paints by them.

A test compares every one with what `ml.prompting.library` reads.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from apps.imagery.template_slots import are_the_first, digest_of, held_by, in_words
from ml import vocabulary
from ml.vocabulary import EMOTIONS, TECHNIQUES

FOLDER: Final = Path(vocabulary.__file__).parent / "prompting" / "templates"
LOCAL: Final = "local"
"""The time of a scene that stands at the patient's own hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SceneTemplate:
    """One template. `emotions[0]` is the one that it was written for; its texts may hold slots such as {season}.

    `digest` is the sha256 of all that the files say of it, what its slots may hold included, so that a judgement is of
    these words; `former_digest` is what judgements of the very same words bore before slots counted, "" where there is
    no such. `fillings` are the values that its slots may hold. `why_first` says why the writers want it read before
    others; "" where they had no doubt.
    """

    id: str
    technique: str
    emotions: tuple[str, ...]
    kind: str
    time: str
    weather: str
    palette: str
    season: str
    intensity: tuple[float, float]
    text: str
    negative: str
    contraindications: tuple[str, ...]
    alt: str
    line: str
    purpose: str
    reference: str
    language: str
    digest: str
    former_digest: str
    fillings: tuple[str, ...]
    why_first: str

    @property
    def title(self) -> str:
        """The last part of the id, in words."""
        return self.id.rpartition(".")[2].replace("-", " ").capitalize()

    @property
    def digests(self) -> tuple[str, ...]:
        """Under which these very words were ever judged."""
        return (self.digest, self.former_digest) if self.former_digest else (self.digest,)


@cache
def templates() -> tuple[SceneTemplate, ...]:
    """Every template, in the order of techniques, emotions and files."""
    return tuple(one for technique in TECHNIQUES for emotion in EMOTIONS for one in _of_cell(technique, emotion))


@cache
def by_id() -> Mapping[str, SceneTemplate]:
    """The templates by their id."""
    return {template.id: template for template in templates()}


@cache
def doubts() -> Mapping[str, str]:
    """Template → why its writers want it read before others, from `read_first.toml`."""
    groups = tomllib.loads(Path(__file__).with_name("read_first.toml").read_text("utf-8"))["group"]
    return {template: group["why"] for group in groups for template in group["templates"]}


def _of_cell(technique: str, emotion: str) -> Iterator[SceneTemplate]:
    entries = tomllib.loads((FOLDER / technique / f"{emotion}.toml").read_text("utf-8"))
    for name, fields in entries.items():
        yield _template(f"{technique}.{emotion}.{name}", technique, emotion, fields)


def _template(id_: str, technique: str, emotion: str, fields: Mapping[str, Any]) -> SceneTemplate:
    low, high = fields["intensity"]
    held = held_by(fields["text"], fields["alt"], fields["line"])
    former = digest_of([id_, fields])
    plain = {name: fields[name] for name in ("kind", "time", "weather", "palette", "text", "negative", "alt", "line")}
    return SceneTemplate(
        id=id_,
        technique=technique,
        emotions=(emotion, *fields.get("also", ())),
        season=fields.get("season", ""),
        intensity=(float(low), float(high)),
        contraindications=tuple(sorted(fields["contraindications"])),
        purpose=fields["purpose"],
        reference=fields["reference"],
        language=fields.get("language", "en"),
        digest=digest_of([id_, fields, held]) if held else former,
        former_digest=former if held and are_the_first() else "",
        fillings=tuple(in_words(value) for values in held.values() for value in values.values()),
        why_first=doubts().get(id_, ""),
        **plain,
    )
