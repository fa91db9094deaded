"""What the words beside a picture never say, and what they may."""

import pytest

from ml.prompting.unsaid import says_what_it_must_not


@pytest.mark.parametrize("sign", ["-", *"\u2010\u2011\u2012\u2013\u2212"])
def test_no_hyphen_hides_a_word_of_the_list(sign: str) -> None:
    assert says_what_it_must_not(f"Your self{sign}harm urges pass here.")


@pytest.mark.parametrize("sign", ["'", "\N{RIGHT SINGLE QUOTATION MARK}"])
@pytest.mark.parametrize(
    "line",
    [
        "You'll feel better soon.",
        "You'll be safe here.",
        "Stay a while; you'll feel better soon.",
        "Soon you'll get well.",
        "You're going to be all right.",
        "You will certainly be well.",
        "You will never feel this bad again.",
        "You will recover.",
        "Your heart will be light again.",
        "Everything is going to be fine.",
        "Everything's going to be fine.",
        "Everything will be all right.",
        "It's going to get better.",
        "It'll all be fine.",
        "Things are going to be much easier.",
        "Tomorrow will be a little better.",
        "The pain will never be back.",
        "All will be well, I promise.",
        "This lake can promise you nothing, but it promises you rest.",
        "This place heals.",
        "You need to breathe slowly.",
        "You have to let it go.",
        "You really need to rest.",
        "You'll have to go.",
        "You've got to smile.",
        "You ought to go.",
        "You are ill.",
        "You're very sick.",
        "You're a patient here.",
        "The patient rests.",
        "Other patients like it.",
        "Stop taking it tonight.",
        "Where's your insulin?",
        "A lake like vitamins, isn't it?",
    ],
)
def test_promises_orders_findings_and_medicine_are_found_whatever_the_apostrophe(line: str, sign: str) -> None:
    assert says_what_it_must_not(line.replace("'", sign))


@pytest.mark.parametrize("sign", ["'", "\N{RIGHT SINGLE QUOTATION MARK}"])
@pytest.mark.parametrize(
    "line",
    [
        "A patient heron waits; what could wait with you?",
        "The rain will be here soon; can you hear it?",
        "It'll be dark soon. What's the last thing you see?",
        "It will be light for an hour yet.",
        "The light will get softer; where does it rest?",
        "A healthy oak; which branch draws your eye?",
        "A sky promising snow: what's quiet?",
        "What promise does the first green hold?",
        "What colour ought to be here?",
        "How long before you feel you have to get up?",
        "What do you have to hand?",
        "You don't have to do anything.",
        "What will you look at first?",
        "It's going to call. Where does the waiting sit?",
    ],
)
def test_harmless_words_are_left_alone_whatever_the_apostrophe(line: str, sign: str) -> None:
    assert not says_what_it_must_not(line.replace("'", sign))
