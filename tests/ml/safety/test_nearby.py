"""No word is read as one that names what the patient must not see."""

import pytest

from ml.safety.against import Against
from ml.safety.nearby import nearby
from ml.safety.text import screen_text
from ml.safety.verdict import SafePrompt

PROMPT = "a yacht by the harbour, cornflowers on board, a giraffe"


@pytest.fixture(scope="module")
def prompt() -> SafePrompt:
    safe = screen_text(PROMPT)
    assert isinstance(safe, SafePrompt)
    return safe


def test_near_words_of_a_judged_prompt_are_found(prompt: SafePrompt) -> None:
    assert nearby(prompt, Against()) == (("yacht", "sailboat"), ("cornflowers", "wildflowers"))


@pytest.mark.parametrize(
    ("trigger", "left"),
    [
        ("water", ["cornflowers"]),  # a tag that names the word itself
        ("Ocean", ["cornflowers"]),  # the patient's own word, for what the painter paints alike
        ("open_spaces", []),  # "horizon" is the sea's, "meadow" what wildflowers grow in
        ("wildflowers", ["yacht"]),
        ("medical", ["yacht", "cornflowers"]),
    ],
)
def test_a_word_whose_picture_would_name_a_trigger_is_left_unread(
    prompt: SafePrompt, trigger: str, left: list[str]
) -> None:
    assert [word for word, _ in nearby(prompt, Against(triggers=(trigger,)))] == left
