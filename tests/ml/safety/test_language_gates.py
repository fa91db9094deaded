"""The gates that weigh the encoder with the word list: their bars, and that no fold is judged by what saw it."""

import numpy as np
import pytest

from ml.safety.language.evidence import NAMES, evidence
from ml.safety.language.folds import FOLDS
from ml.safety.language.gates import bar_at, crossed, fit_gate, gate_of, grave_bar, listed_bar
from ml.safety.language.labels import LABELS
from ml.safety.language.reader import Reading


def test_the_bar_keeps_false_alarms_within_what_is_allowed() -> None:
    chance = np.random.default_rng(2)
    harmful = np.arange(200) % 2 == 1
    scores = chance.random(200) + 0.3 * harmful
    for alarms in (0.04, 0.2):
        assert alarms / 2 <= (scores >= bar_at(scores, harmful, alarms))[~harmful].mean() <= alarms


def test_the_bar_of_listed_words_passes_none_of_the_harmful_and_lies_no_higher_than_the_other() -> None:
    scores = np.linspace(0.1, 1, 400)
    harmful, listed = np.arange(400) % 2 == 1, np.arange(400) % 20 > 15
    bar = listed_bar(scores, harmful, listed, 0.9)
    assert bar < scores[harmful & listed].min() < bar + 0.001
    assert (scores[~harmful & ~listed] < bar).any()
    assert listed_bar(scores, harmful, listed, 0.03) == 0.03
    assert listed_bar(scores, harmful, np.zeros(400, bool), 0.9) == 0.0  # nothing learned of it: it refuses alone


def test_naming_self_harm_lowers_the_bar_as_far_as_few_harmless_notes_follow() -> None:
    scores = np.linspace(0, 1, 1000)
    harmful, grave = np.arange(1000) % 2 == 1, np.arange(1000) % 3 == 0
    bar = grave_bar(scores, harmful, grave, 0.8, 0.05)
    called = grave & (scores >= bar) & (scores < 0.8)
    assert called[~harmful].sum() == 25  # of 500
    assert grave_bar(scores, harmful, np.zeros(1000, bool), 0.8, 0.05) == 0.8  # nobody to learn from: the bar stays


@pytest.mark.parametrize(
    ("harmful", "named", "lower", "grave"),
    [(0.5, 0.2, 0.4, True), (0.3, 0.2, 0.4, False), (0.5, 0.05, 0.4, False), (0.5, 0.2, 0.0, False)],
)
def test_a_note_is_grave_when_it_names_self_harm_and_lies_above_the_lower_bar(
    harmful: float, named: float, lower: float, grave: bool
) -> None:
    labels = {**dict.fromkeys(LABELS, 0.0), "self_harm": named}
    assert Reading(harmful, labels, 0.8, lower).grave is grave


def rows_of(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Evidence of which one column tells the harmful apart more often than not."""
    chance = np.random.default_rng(5)
    harmful = np.arange(count) % 2 == 1
    rows = chance.normal(size=(count, len(NAMES)))
    rows[:, 3] += 2 * harmful
    return rows, harmful


def test_a_gate_finds_what_tells_and_comes_back_as_it_was_written() -> None:
    rows, harmful = rows_of(400)
    gate = fit_gate(rows, harmful, {"note": 0.4})
    assert int(np.argmax(np.abs(gate.weights))) == 3
    assert gate_of(gate.as_json()) == gate
    with pytest.raises(ValueError, match="other evidence"):
        gate_of({**gate.as_json(), "evidence": ["length"]})


def test_no_fold_is_scored_by_a_gate_that_saw_it() -> None:
    rows, harmful = rows_of(400)
    folds = [at % FOLDS for at in range(400)]
    before = crossed(rows, harmful, folds)
    changed = harmful.copy()
    changed[0::FOLDS] = ~changed[0::FOLDS]
    after = crossed(rows, changed, folds)
    assert (before[0::FOLDS] == after[0::FOLDS]).all()
    assert not (before[1::FOLDS] == after[1::FOLDS]).all()


def test_the_word_list_stands_beside_the_margins() -> None:
    found = evidence(["a lake without weapons", "he points a gun"], np.zeros((2, len(LABELS) + 1)))
    assert found.shape == (2, len(NAMES))
    assert found[:, NAMES.index("listed weapons")].tolist() == [0, 1]
    assert found[:, NAMES.index("denied")].tolist() == [1, 0]
