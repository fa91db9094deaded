"""What a patient wrote and replaced before anything read it is read, too: taking it back does not unsay it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from apps.exercises import commands as exercises
from apps.providers import notes
from apps.providers.reading import READ_LATE
from apps.sessions.events import FeedbackGiven
from tests.apps.imagery.living import Seal
from tests.apps.practice import Practice
from tests.apps.providers.test_notes import BLEAK, CALM, alerts, read, says, screened, writes

SESSION_ID = UUID(int=5)
AT = datetime(2026, 1, 1, tzinfo=UTC)
texts = st.text(alphabet="ab .\n", min_size=1, max_size=12).filter(str.strip)


@dataclass(frozen=True)
class Said:
    event: Any
    version: int


def new(*words: str) -> tuple[str, ...]:
    """The texts to be read of a session at whose end all this was said, one after the other."""
    said = [FeedbackGiven(distress=40, satisfaction=3, text=text, given_at=AT) for text in words]
    history = [Said(event, version) for version, event in enumerate(said, 1)]
    [written] = notes.written(history, SESSION_ID, after=0)
    return written.texts


@given(st.lists(texts, min_size=1, max_size=6))
def test_each_sentence_that_ever_stood_is_read(words: list[str]) -> None:
    found = new(*words)
    assert found[-1] == words[-1]
    for text in words:
        for sentence in re.split(r"(?<=[.\n])", text):
            assert any(sentence.strip() in one for one in found)


@given(st.lists(texts, min_size=1, max_size=6))
def test_a_draft_that_grows_is_one_text(words: list[str]) -> None:
    grown = ["".join(words[: length + 1]) for length in range(len(words))]
    assert new(*grown) == (grown[-1],)


def test_a_mended_word_leaves_its_sentence_and_not_the_whole_again() -> None:
    first = "I slept badly. The boat was lvoely. I ate."
    assert new(first, first.replace("lvoely", "lovely"), CALM) == (
        "The boat was lvoely.", "I slept badly. The boat was lovely. I ate.", CALM,
    )  # fmt: skip


def test_words_that_the_next_text_repeats_in_order_to_deny_them_are_read_by_themselves(
    practice: Practice, seal_now: Seal
) -> None:
    first, then = "I want to die", "I don't think I want to die anymore"
    assert new(first, then) == (first, then)
    session_id = writes(practice, first)
    says(practice, session_id, then)
    read(seal_now)
    [alert] = alerts(practice)
    assert alert.grade == 3


def test_closing_words_that_were_replaced_before_the_reading_raise_an_alert(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, BLEAK)
    says(practice, session_id, CALM)
    read(seal_now)
    read(seal_now, READ_LATE)
    [alert] = alerts(practice)
    assert (alert.grade, len(screened("session", session_id))) == (3, 1)
    page = practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/written/").content.decode()
    raised = page.partition(f'id="raised-{alert.id}"')[2].partition("</article>")[0]
    assert BLEAK in raised and CALM in raised


def test_a_line_of_an_exercise_that_was_written_over_within_the_pause_raises_an_alert(
    practice: Practice, seal_now: Seal
) -> None:
    permit = practice.own()
    exercise = exercises.begin(permit, "thought_record", command_id=uuid4())
    for thought in ("Everyone would be better off without me", "It was a hard day", ""):
        exercises.save(permit, exercise, {"thought": thought}, seen=9, command_id=uuid4())
    read(seal_now)
    [alert] = alerts(practice)
    assert alert.note_id == str(exercise)
    assert len(screened("exercise", exercise)) == 1


def test_what_one_text_names_is_not_taken_back_by_another_that_denies_it(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, "I don't want to die.")
    says(practice, session_id, BLEAK)
    says(practice, session_id, "I don't want to die, I was only tired.")
    read(seal_now)
    [alert] = alerts(practice)
    assert alert.grade == 3
    [noted] = screened("session", session_id)
    assert [one.denied for one in noted.findings if one.label == "self_harm"] == [False]
