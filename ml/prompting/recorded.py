"""A decision from what the log holds of it: the engine's inputs as plain JSON values, and the seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ml.prompting import ENGINE, REPEATS
from ml.prompting.choose import Choice, NothingStands, choose
from ml.prompting.library import digest
from ml.prompting.progress import Progress
from ml.prompting.state import Preferences, Shown, State

_UNTIL_CBT5: Final = ("photo", "watercolour", "gouache", "ink")
"""The styles that there were before decisions recorded which."""
_FIELDS: Final = ("template", "technique", "prompt", "negative", "reasons", "alt", "line")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the log says was chosen, by which engine from which library.

    `alt` and `line` are None where the record is of before they were kept; then they are not compared.
    """

    template: str
    technique: str
    prompt: str
    negative: str
    reasons: tuple[str, ...]
    seed: int
    engine: str
    library: str
    alt: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Where today's choice is another one. `broken`: by engine and library it ought to be the same."""

    fields: tuple[str, ...]
    template: str | None
    why: str
    broken: bool


def decide(inputs: Mapping[str, Any], seed: int, engine: str = ENGINE) -> Choice:
    """The engine's choice; that of an engine of REPEATS where it is named, whose inputs lack the newest fields.

    Raises:
        NothingStands: the exclusions leave no template.
    """
    return choose(
        State(**inputs["state"]),
        tuple(Shown(**shown) for shown in inputs["history"]),
        _preferences(inputs, until_cbt7=engine in REPEATS),
        inputs["triggers"],
        seed=seed,
        progress=Progress(**inputs.get("progress", {})),
    )


def by_cell(templates: Iterable[str]) -> dict[str, list[str]]:
    """Ids as the log keeps many of them: under their cell, whose words each of them would repeat."""
    found: dict[str, list[str]] = {}
    for template in templates:
        cell, _, name = template.rpartition(".")
        found.setdefault(cell, []).append(name)
    return found


def _preferences(inputs: Mapping[str, Any], *, until_cbt7: bool) -> Preferences:
    opened = inputs.get("open_templates")
    return Preferences(
        styles=tuple(inputs.get("styles", ())),
        offered=tuple(inputs.get("offered", _UNTIL_CBT5)),
        kinds=tuple(inputs["kinds"]),
        techniques=tuple(inputs.get("techniques", ())),
        goals=tuple(inputs.get("goals", ())),
        liked_places=tuple(inputs.get("liked_places", ())),
        language=inputs.get("language", ""),
        intensity_ceiling=inputs.get("intensity_ceiling"),
        blocked_kinds=frozenset(inputs["blocked_kinds"]),
        blocked_templates=frozenset(inputs.get("blocked_templates", ())),
        blocked_techniques=frozenset(inputs.get("blocked_techniques", ())),
        blocked_styles=frozenset(inputs.get("blocked_styles", ())),
        closed_templates=_ids(inputs.get("closed_templates", ())),
        open_templates=None if opened is None else _ids(opened),
        ladder_approved=bool(inputs.get("ladder_approved", False)),
        calming=bool(inputs.get("calming", False)),
        evolving=bool(inputs.get("evolving", False)),
        until_cbt7=until_cbt7,
    )


def _ids(kept: Iterable[str] | Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The ids that `by_cell` put away, or a plain list of them, as earlier versions kept it."""
    if isinstance(kept, Mapping):
        return frozenset(f"{cell}.{name}" for cell, names in kept.items() for name in names)
    return frozenset(kept)


def difference(recorded: Decision, inputs: Mapping[str, Any]) -> Difference | None:
    """Decide again, and say how that differs from the record; None where it does not."""
    why = _changed(recorded)
    try:
        choice = decide(inputs, recorded.seed, recorded.engine)
    except NothingStands:
        return Difference(_FIELDS, None, why or "nothing stands today", broken=not why)
    today = {
        "template": choice.template, "technique": choice.technique, "prompt": choice.prompt,
        "negative": choice.negative_prompt, "reasons": choice.reasons, "alt": choice.alt, "line": choice.line,
    }  # fmt: skip
    kept = [name for name in _FIELDS if getattr(recorded, name) is not None]
    differing = tuple(name for name in kept if today[name] != getattr(recorded, name))
    if not differing:
        return None
    return Difference(differing, choice.template, why or "the same engine and library choose otherwise", broken=not why)


def _changed(recorded: Decision) -> str:
    """What is another than when the decision was made; empty where nothing is."""
    found = []
    if recorded.engine not in {ENGINE, *REPEATS}:
        found.append(f"it was made by engine {recorded.engine}, and today's is {ENGINE}")
    if recorded.library != digest():
        found.append(f"its library was {recorded.library[:8]}, and today's is {digest()[:8]}")
    return "; ".join(found)
