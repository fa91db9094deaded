"""Has a chosen scene put into other words, where the organisation named a language model; records what came of it."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.imagery.events import ImageReworded
from apps.imagery.tasks.language_model import LanguageModel, language_model
from ml.prompting.choose import Choice
from ml.prompting.rewriting import NotTaken, messages, read_answer, reworded
from ml.prompting.state import State
from ml.safety.embedding import packaged
from ml.safety.text import screen_text
from ml.safety.verdict import Refusal

_LOG = logging.getLogger(__name__)
TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Reworded:
    """The choice to go on with, and what to record of how it came to be; None where no model is named."""

    choice: Choice
    event: ImageReworded | None


def reword(choice: Choice, inputs: Mapping[str, Any], request_id: UUID, attempt: int) -> Reworded:
    """The choice in a language model's words; whatever is slow, wrong or doubtful leaves the template's."""
    model = language_model()
    if model is None:
        return Reworded(choice, None)
    start = time.monotonic()
    outcome, new = TAKEN, choice
    try:
        new = _asked(model, choice, inputs)
    except NotTaken as why:
        outcome = why.code
    except Exception as error:  # noqa: BLE001 -- the template stands whatever broke
        _LOG.warning("rewording failed: %s", type(error).__name__)
        outcome = "failed"
    return Reworded(new, _event(model, new, outcome, start, request_id, attempt))


def _asked(model: LanguageModel, choice: Choice, inputs: Mapping[str, Any]) -> Choice:
    answer = read_answer(model.ask(messages(choice, State(**inputs["state"]))))
    new = reworded(choice, answer, inputs["triggers"], packaged().encode, inputs["blocked_kinds"])
    screened = (
        screen_text(new.prompt, new.negative_prompt),
        screen_text(new.alt, kind="output"),
        screen_text(new.line, kind="output"),
    )
    if any(isinstance(one, Refusal) for one in screened):
        raise NotTaken("unsafe")
    return new


def _event(
    model: LanguageModel, new: Choice, outcome: str, start: float, request_id: UUID, attempt: int
) -> ImageReworded:
    taken = outcome == TAKEN
    return ImageReworded(
        request_id=request_id, attempt=attempt, model=model.model, outcome=outcome,
        prompt=new.prompt if taken else "", alt=new.alt if taken else "", line=new.line if taken else "",
        ms=round((time.monotonic() - start) * 1000),
    )  # fmt: skip
