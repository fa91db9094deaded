"""The engine learns: five hundred made-up patients, half of whose tastes it has no feature for."""

import pytest

from ml.prompting.measuring.simulate import measured


@pytest.mark.timeout(400)
def test_the_engine_saves_a_third_of_the_regret_of_rules_alone_and_half_of_chance() -> None:
    found = measured(patients=500, pictures=40, workers=2)["saved_of"]
    assert found["rules"]["share"] > found["rules"]["low"] >= 0.30
    assert found["random"]["share"] > found["random"]["low"] >= 0.50


def test_the_number_of_workers_changes_nothing() -> None:
    assert measured(patients=4, pictures=6, workers=1) == measured(patients=4, pictures=6, workers=2)
