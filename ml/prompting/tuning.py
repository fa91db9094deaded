"""What a language model is tuned on: it is asked as `rewriting` asks, and shown the answer that it should have given.

Pure. A line holds a scene, the emotion's name, season and style, nothing that belongs to one patient.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from ml.prompting import ENGINE, slots
from ml.prompting.choose import FIRST_STYLE, Choice
from ml.prompting.library import by_id, digest
from ml.prompting.phrase import head, words
from ml.prompting.rewriting import NotTaken, Rewriting, messages, read_answer
from ml.prompting.slots import NOBODY, Personal
from ml.prompting.state import DAY_TIMES, SEASONS, State
from ml.prompting.template import Template

Lesson = dict[str, Any]
"""One line of chat JSONL."""
_STATE_WORDS: Final = ("emotion", "season", "day_time")


def lessons_of_template(template: Template) -> Iterator[Lesson]:
    """The template in its own words, once for each emotion that it serves. Slots get values of the closed list."""
    place = sum(template.id.encode())
    example = Personal(_at(tuple(slots.goals()), place), _at(tuple(slots.liked_places()), place))
    personal = example if template.slots() & slots.SLOTS else NOBODY
    for emotion in template.emotions:
        state = State(emotion, season=_at(SEASONS, place), day_time=_at(DAY_TIMES, place))
        yield _lesson(_choice(template, state, FIRST_STYLE, personal), state)


def lesson_of_decision(
    template_id: str, prompt: str, inputs: Mapping[str, Any], style: str, answer: Rewriting | None
) -> Lesson | None:
    """A decision of the log: state and scene in; a language model's words out, where they were shown, else its own.

    None where the words hold more than template, season, time of day and style give: they may be one patient's.

    Args:
        prompt: as it was recorded, in the template's words.
        inputs: what the engine was told.
    """
    template = by_id().get(template_id)
    if template is None or template.slots() & slots.SLOTS:
        return None
    state = State(**{name: inputs["state"].get(name) for name in _STATE_WORDS})
    if not template.slots() <= {name for name in _STATE_WORDS if inputs["state"].get(name)}:
        return None
    choice = _choice(template, state, style, NOBODY)
    return _lesson(choice, state, answer) if choice.prompt == prompt else None


def as_answer(prompt: str, alt: str, line: str) -> Rewriting | None:
    """A recorded rewording as the model gave it; None where it would not be taken today."""
    text = prompt.partition(". ")[2]
    try:
        return read_answer(json.dumps({"text": text, "alt": alt, "line": line}))
    except NotTaken:
        return None


def _choice(template: Template, state: State, style: str, personal: Personal) -> Choice:
    said = words(template, state, style, personal)
    return Choice(
        template=template.id, technique=template.technique, scene=said.scene, prompt=said.prompt,
        negative_prompt=said.negative, reasons=(), alt=said.alt, line=said.line, seed=0, engine=ENGINE,
        library=digest(),
    )  # fmt: skip


def _lesson(choice: Choice, state: State, answer: Rewriting | None = None) -> Lesson:
    own = Rewriting(choice.prompt.removeprefix(f"{head(choice.scene)}. "), choice.alt, choice.line)
    said = json.dumps(asdict(answer or own))
    return {"messages": [*messages(choice, state), {"role": "assistant", "content": said}]}


def _at(known: tuple[str, ...], place: int) -> str:
    return known[place % len(known)]
