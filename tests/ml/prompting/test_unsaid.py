"""What the words beside a picture never say, and what they may."""

import pytest

from ml.prompting.unsaid import says_what_it_must_not


@pytest.mark.parametrize("sign", ["-", *"\u2010\u2011\u2012\u2013\u2212"])
def test_no_hyphen_hides_a_word_of_the_list(sign: str) -> None:
    assert says_what_it_must_not(f"Your self{sign}harm urges pass here.")
