"""The laws of a patient's record."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ml.prompting
from apps.patients import aggregate
from apps.patients.aggregate import AlreadyRegistered, NotOffered, Patient, PatientUnknown
from apps.patients.consent import CURRENT, TEXTS
from apps.patients.events import PURPOSES, TRIGGERS, PatientRegistered

REGISTERED = aggregate.replay([PatientRegistered(name="Ada", label="Patient 001")])

wishes = st.one_of(
    st.tuples(st.just("give"), st.sampled_from(PURPOSES)),
    st.tuples(st.just("withdraw"), st.sampled_from(PURPOSES)),
)


def follow(wanted: list[tuple[str, str]]) -> tuple[Patient, list[object]]:
    history: list[object] = [PatientRegistered(name="Ada", label="Patient 001")]
    for wish, purpose in wanted:
        patient = aggregate.replay(history)
        if wish == "give":
            history += aggregate.give_consent(patient, purpose=purpose, text_version=1)
        else:
            history += aggregate.withdraw_consent(patient, purpose=purpose)
    return aggregate.replay(history), history


@given(st.lists(wishes, max_size=30))
def test_consent_stands_exactly_as_last_said_for_each_purpose(wanted: list[tuple[str, str]]) -> None:
    patient, _ = follow(wanted)
    last = {purpose: wish for wish, purpose in wanted}
    assert set(patient.consents) == {purpose for purpose, wish in last.items() if wish == "give"}


@given(st.lists(wishes, max_size=30))
def test_saying_the_same_again_writes_nothing(wanted: list[tuple[str, str]]) -> None:
    _, once = follow(wanted)
    _, doubled = follow([wish for wish in wanted for _ in range(2)])
    assert once == doubled


@given(st.lists(st.sampled_from(TRIGGERS)), st.lists(st.text(max_size=20), max_size=10))
def test_setting_triggers_replaces_them_all_and_drops_blanks(tags: list[str], words: list[str]) -> None:
    events = aggregate.set_triggers(REGISTERED, tags=tags, words=words)
    triggers = aggregate.replay([*_registration(), *events]).triggers
    assert set(triggers.tags) == set(tags)
    assert all(word == " ".join(word.split()) != "" for word in triggers.words)
    assert set(triggers.words) == {" ".join(word.split()) for word in words if word.strip()}


def _registration() -> list[object]:
    return [PatientRegistered(name="Ada", label="Patient 001")]


def test_a_patient_is_registered_once() -> None:
    with pytest.raises(AlreadyRegistered):
        aggregate.register(REGISTERED, name="Ada", label="Patient 001")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_patient_needs_a_name_of_sensible_length(name: str) -> None:
    with pytest.raises(NotOffered):
        aggregate.register(Patient(), name=name, label="Patient 001")


def test_nobody_unknown_can_consent() -> None:
    with pytest.raises(PatientUnknown):
        aggregate.give_consent(Patient(), purpose="camera", text_version=1)
    with pytest.raises(PatientUnknown):
        aggregate.set_triggers(Patient(), tags=["water"], words=[])


def test_only_offered_purposes_and_triggers_are_taken() -> None:
    with pytest.raises(NotOffered):
        aggregate.give_consent(REGISTERED, purpose="advertising", text_version=1)
    with pytest.raises(NotOffered):
        aggregate.set_triggers(REGISTERED, tags=["clowns"], words=[])
    with pytest.raises(NotOffered):
        aggregate.set_triggers(REGISTERED, tags=[], words=["x" * 81])


def test_a_newer_text_needs_a_new_consent() -> None:
    old = aggregate.replay([*_registration(), *aggregate.give_consent(REGISTERED, purpose="camera", text_version=1)])
    assert len(aggregate.give_consent(old, purpose="camera", text_version=2)) == 1


def test_every_purpose_has_a_current_text() -> None:
    assert set(CURRENT) == set(PURPOSES)
    assert len({(text.purpose, text.version) for text in TEXTS}) == len(TEXTS)


def test_triggers_are_the_tags_that_the_prompt_engine_excludes() -> None:
    file = Path(ml.prompting.__file__).parent / "triggers.toml"
    assert set(TRIGGERS) == set(tomllib.loads(file.read_text()))
