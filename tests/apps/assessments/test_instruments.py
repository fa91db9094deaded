"""Codes are pinned to texts: a public code list swaps two of GAD-7's, and a swap would misfile answers for ever."""

import pytest

from apps.assessments.instruments import INSTRUMENTS, UnknownInstrument, instrument

PHQ_9 = {
    "44250-9": "Little interest or pleasure",
    "44255-8": "Feeling down",
    "44259-0": "Trouble falling or staying asleep",
    "44254-1": "Feeling tired",
    "44251-7": "Poor appetite",
    "44258-2": "Feeling bad about yourself",
    "44252-5": "Trouble concentrating",
    "44253-3": "Moving or speaking so slowly",
    "44260-8": "Thoughts that you would be better off dead",
}
GAD_7 = {
    "69725-0": "Feeling nervous",
    "68509-9": "Not being able to stop or control",
    "69733-4": "Worrying too much",
    "69734-2": "Trouble relaxing",
    "69735-9": "Being so restless",
    "69689-8": "Becoming easily annoyed",
    "69736-7": "Feeling afraid",
}


@pytest.mark.parametrize(("key", "pinned"), [("phq-9", PHQ_9), ("gad-7", GAD_7)])
def test_each_code_belongs_to_its_text(key: str, pinned: dict[str, str]) -> None:
    items = instrument(key).items
    assert [item.code for item in items] == list(pinned)
    assert all(item.text.startswith(pinned[item.code or ""]) for item in items)


def test_answers_bear_loincs_codes_in_order() -> None:
    for key in ("phq-9", "gad-7"):
        codes = [(choice.value, choice.code) for choice in instrument(key).choices]
        assert codes == [(0, "LA6568-5"), (1, "LA6569-3"), (2, "LA6570-1"), (3, "LA6571-9")]


def test_the_difficulty_question_is_asked_but_never_scored() -> None:
    form = instrument("phq-9")
    assert form.after is not None
    assert form.total is not None
    assert form.after.code == "69722-7"
    assert form.after.number not in form.total.items
    assert [choice.code for choice in form.choices_for(10)] == ["LA6572-7", "LA6573-5", "LA6575-0", "LA6574-3"]


def test_dass_21_puts_each_item_in_one_subscale() -> None:
    placed = [number for scale in instrument("dass-21").subscales for number in scale.items]
    assert sorted(placed) == list(range(1, 22))


@pytest.mark.parametrize("spelling", ["phq-9", "PHQ-9", "phq9", " phq_9 "])
def test_a_key_may_be_spelt_freely(spelling: str) -> None:
    assert instrument(spelling).key == "phq-9"


def test_an_unknown_instrument_is_named() -> None:
    with pytest.raises(UnknownInstrument, match="bdi"):
        instrument("bdi")


def test_items_are_numbered_as_printed() -> None:
    for form in INSTRUMENTS.values():
        assert [item.number for item in form.items] == list(range(1, len(form.items) + 1))
