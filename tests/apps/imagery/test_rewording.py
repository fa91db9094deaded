"""A picture whose scene a language model may word: taken where it stays with the scene, else the template's words."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import LazySettings

from apps.imagery.events import ImageComposed, ImageReworded, ImageShown
from apps.imagery.tasks import allowance, painting
from apps.imagery.tasks import language_model as door
from tests.apps.imagery.chat_server import Chat, body_of, says, send, serving
from tests.apps.imagery.living import Living, events, run_jobs

Asked = list[str]


def same_scene(handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Says the scene again with a word before it, as a well-behaved model might."""
    scene = json.loads(asked["messages"][1]["content"])
    text = scene["text"]
    words = {"text": f"Quietly, {text[0].lower()}{text[1:]}", "alt": scene["alt"], "line": "What do you notice first?"}
    send(handler, body_of(json.dumps(words)))


@pytest.fixture
def chat(settings: LazySettings) -> Iterator[Chat]:
    for kept in (allowance._valkey, door._configured):
        kept.cache_clear()
    with serving(same_scene) as server:
        settings.ATTUNE_LLM_URL, settings.ATTUNE_LLM_MODEL = server.url, "scene-writer"
        yield server
    for kept in (allowance._valkey, door._configured):
        kept.cache_clear()


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the painter was asked; it paints nothing, so the library answers."""
    asked: Asked = []

    def paint(prompt: str, *_: object, **__: object) -> None:
        asked.append(prompt)
        raise painting.PainterFailed("PainterMissing")

    monkeypatch.setattr(painting, "paint", paint)
    return asked


def only(patient: Living, kind: type) -> Any:
    (found,) = events(patient, kind)
    return found


def test_the_painter_is_asked_in_the_models_words_and_the_log_holds_both(
    patient: Living, chat: Chat, painted: Asked
) -> None:
    patient.feels(-4, 30)
    run_jobs()
    reworded, composed = only(patient, ImageReworded), only(patient, ImageComposed)
    assert (reworded.outcome, reworded.model) == ("taken", "scene-writer")
    assert painted == [reworded.prompt]
    assert reworded.prompt != composed.prompt
    assert reworded.line == "What do you notice first?"
    assert only(patient, ImageShown).template


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("I would rather talk about something else.", "not_json"),
        (json.dumps({"text": "A knife lies in a pool of blood on the floor of a dark cell.", "alt": "A knife in blood.",
                     "line": "What do you see first?"}), "drifted"),
        (json.dumps({"text": "A knife lies in a pool of blood on the floor of a dark cell.", "alt": "A knife in blood.",
                     "line": "Do what you have to do."}), "says_too_much"),
    ],
)  # fmt: skip
def test_a_wrong_or_hostile_answer_leaves_the_templates_words(
    patient: Living, chat: Chat, painted: Asked, answer: str, outcome: str
) -> None:
    chat.behave = says(answer)
    patient.feels(-4, 30)
    run_jobs()
    reworded = only(patient, ImageReworded)
    assert (reworded.outcome, reworded.prompt, reworded.line) == (outcome, "", "")
    assert painted == [only(patient, ImageComposed).prompt]


def test_nothing_of_the_patient_leaves(patient: Living, chat: Chat, painted: Asked) -> None:
    patient.avoids("animals", words=("Aunt Mildred",))
    patient.feels(-4, 61)
    run_jobs()
    (asked,) = chat.asked
    said = json.dumps(asked)
    for private in ("Ada", "Canary", "Mildred", "61", str(patient.id), str(patient.session_id), patient.id.hex[:8]):
        assert private not in said


def test_without_a_model_nothing_is_asked_and_nothing_recorded(
    patient: Living, chat: Chat, painted: Asked, settings: LazySettings
) -> None:
    settings.ATTUNE_LLM_URL = ""
    patient.feels(-4, 30)
    run_jobs()
    assert chat.asked == [] and events(patient, ImageReworded) == []
