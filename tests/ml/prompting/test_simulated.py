"""The engine learns: five hundred made-up patients, half of whose tastes it has no feature for."""

import numpy as np
import pytest

from ml.prompting.measuring.patients import FELT, Patient
from ml.prompting.measuring.policies import POLICIES
from ml.prompting.measuring.regret import regret
from ml.prompting.measuring.simulate import measured
from ml.prompting.progress import BETTER, PRACTISED, SAME, WORSE
from ml.vocabulary import EMOTIONS


@pytest.mark.timeout(400)
def test_the_engine_saves_a_third_of_the_regret_of_rules_alone_and_half_of_chance() -> None:
    found = measured(patients=500, pictures=40, workers=2)["saved_of"]
    assert found["rules"]["share"] > found["rules"]["low"] >= 0.30
    assert found["random"]["share"] > found["random"]["low"] >= 0.50


def test_the_number_of_workers_changes_nothing() -> None:
    assert measured(patients=4, pictures=6, workers=1) == measured(patients=4, pictures=6, workers=2)


def test_what_progress_tells_of_a_patient_is_true_of_them_and_no_more_than_that() -> None:
    people = [Patient.born(seed) for seed in range(200)]
    told = [(person.exercises[name], average(person, name)) for person in people for name in sorted(PRACTISED)]
    agreement = np.corrcoef(np.array(told).T)[0, 1]
    assert 0.5 < agreement < 0.95
    early = people[0].progress([0.0] * 15)
    assert (early.questionnaires, early.exercises) == ({}, people[0].exercises)
    courses = [people[0].progress([0.0] * 8 + [last] * 8).course for last in (-0.5, 0.05, 0.5)]
    assert courses == [WORSE, SAME, BETTER]


def average(person: Patient, technique: str) -> float:
    return float(np.dot(FELT, [person.ways[technique, emotion] for emotion in EMOTIONS]))


def test_an_engine_that_is_told_of_progress_may_choose_otherwise_for_the_same_patient() -> None:
    apart = [regret(POLICIES["engine_told"], seed, 12) != regret(POLICIES["engine"], seed, 12) for seed in range(6)]
    assert any(apart)
