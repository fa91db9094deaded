"""Reads the template files once and checks that each can be used at all."""

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from ml.prompting.template import LOCAL, SLOTS, Template
from ml.prompting.triggers import tags
from ml.scenes.spec import TIMES
from ml.vocabulary import EMOTIONS, TECHNIQUES

FOLDER: Final = Path(__file__).parent / "templates"
SCENE_WORDS: Final = ("kind", "time", "weather", "palette")


class LibraryBroken(ValueError):
    """A template file breaks the schema. Names the template; retrying won't help."""


@cache
def templates() -> tuple[Template, ...]:
    """Every template, in the order of techniques, emotions and files.

    Raises:
        LibraryBroken: a file does not follow the schema.
    """
    found = tuple(template for technique in TECHNIQUES for template in _of_technique(technique))
    ids = [template.id for template in found]
    if len(ids) != len(set(ids)):
        raise LibraryBroken("two templates bear the same id")
    return found


@cache
def by_id() -> dict[str, Template]:
    """The templates by their id."""
    return {template.id: template for template in templates()}


@cache
def digest() -> str:
    """sha256 over all template files, so that a decision names the library it was made from."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.toml")):
        digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _of_technique(technique: str) -> Iterator[Template]:
    for emotion in EMOTIONS:
        path = FOLDER / technique / f"{emotion}.toml"
        entries: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        for name, fields in entries.items():
            yield _template(f"{technique}.{emotion}.{name}", technique, emotion, fields)


def _template(id_: str, technique: str, emotion: str, fields: dict[str, Any]) -> Template:
    try:
        low, high = fields.pop("intensity")
        also = tuple(fields.pop("also", ()))
        excluded = frozenset(fields.pop("contraindications"))
        season = fields.pop("season", None)
        template = Template(
            id=id_, technique=technique, emotions=(emotion, *also), season=season,
            intensity=(float(low), float(high)), contraindications=excluded, **fields,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise LibraryBroken(f"{id_}: {error}") from error
    _check(template)
    return template


def _check(template: Template) -> None:
    low, high = template.intensity
    if not 0 <= low < high <= 1:
        raise LibraryBroken(f"{template.id}: intensity is no range")
    if template.time not in (*TIMES, LOCAL):
        raise LibraryBroken(f"{template.id}: unknown time")
    if not template.slots() <= set(SLOTS):
        raise LibraryBroken(f"{template.id}: unknown slot")
    if not template.contraindications <= tags():
        raise LibraryBroken(f"{template.id}: unknown contraindication")
    if not set(template.emotions) <= set(EMOTIONS):
        raise LibraryBroken(f"{template.id}: unknown emotion")
