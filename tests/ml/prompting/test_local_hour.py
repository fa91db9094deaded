"""Scenes that stand at the patient's own time of day."""

import pytest

from ml.prompting.eligible import candidates
from ml.prompting.library import templates
from ml.prompting.phrase import HOURS, TIMES, words
from ml.prompting.state import DAY_TIMES, Preferences, State
from ml.prompting.template import LOCAL
from ml.vocabulary import TECHNIQUES

OF_THE_HOUR = [one for one in templates() if one.time == LOCAL]


def stand(day_time: str | None) -> dict[str, str]:
    """Template → its finished prompt, of those that may be shown then."""
    found, _ = candidates(
        State("neutral", day_time=day_time),
        Preferences(ladder_approved=True),
        frozenset(),
        "ink",
        frozenset(TECHNIQUES),
    )
    return {one.template.id: one.words.prompt for one in found}


def test_each_time_of_day_has_its_light() -> None:
    assert HOURS.keys() == set(DAY_TIMES)
    assert len(OF_THE_HOUR) >= 10
    assert {one.technique for one in OF_THE_HOUR} >= {
        "mindfulness",
        "cognitive_restructuring",
        "behavioural_activation",
    }


@pytest.mark.parametrize("day_time", DAY_TIMES)
def test_the_scene_is_painted_at_the_patients_own_hour(day_time: str) -> None:
    shown = stand(day_time)
    for template in OF_THE_HOUR:
        assert TIMES[HOURS[day_time]] in shown[template.id]
        assert words(template, State("neutral", day_time=day_time), "ink").scene.time == HOURS[day_time]


def test_where_nobody_knows_the_hour_none_of_them_stands() -> None:
    assert not stand(None).keys() & {one.id for one in OF_THE_HOUR}
    assert len(stand(None)) > 500


def test_their_words_name_no_hour_of_their_own() -> None:
    hours = {"dawn", "morning", "noon", "midday", "afternoon", "evening", "dusk", "night", "sunrise", "sunset", "moon"}
    for template in OF_THE_HOUR:
        said = f"{template.text} {template.alt} {template.line}".casefold().replace(",", " ").replace(".", " ").split()
        assert not hours & set(said), template.id
