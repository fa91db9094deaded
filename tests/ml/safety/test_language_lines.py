"""What the training lines owe: many, each written by itself, a third of them harmless."""

from collections import Counter
from pathlib import Path

import pytest

from ml.safety.language.folds import FOLDS, deal, fold_of
from ml.safety.language.labels import LABELS
from ml.safety.language.lines import KINDS, Line, LinesBroken, ours, read, shared_runs, sources

UNSEEN = Path(__file__).with_name("unseen_lines.csv")


def test_there_are_six_thousand_lines_and_a_third_of_them_is_harmless() -> None:
    lines = ours()
    assert len(lines) >= 6000
    assert len({line.text.casefold() for line in lines}) == len(lines)
    assert sum(not line.labels for line in lines) >= 0.3 * len(lines)


def test_every_label_and_every_kind_of_text_is_there_in_many_themes() -> None:
    labels = Counter(label for line in ours() for label in line.labels)
    assert min(labels[label] for label in LABELS) >= 150
    assert {line.kind for line in ours()} == set(KINDS)
    for label in LABELS:
        assert len({line.theme for line in ours() if label in line.labels}) >= 10, label


def test_no_five_words_in_a_row_stand_in_two_lines() -> None:
    assert shared_runs(ours()) == {}


def test_the_unseen_lines_share_no_theme_and_no_five_words_with_those_learned_from() -> None:
    unseen = read(UNSEEN)
    assert {line.theme for line in unseen}.isdisjoint(line.theme for line in ours())
    learned = shared_runs([*ours(), *unseen]).keys() - shared_runs(unseen).keys()
    assert learned == set()
    assert len(unseen) >= 600
    assert sum(not line.labels for line in unseen) >= 0.3 * len(unseen)


def test_a_theme_is_held_out_whole_whoever_wrote_on_it() -> None:
    every = {"one": [Line("a", frozenset(), "note", theme) for theme in "aabbc"],
             "two": [Line("b", frozenset(), "note", theme) for theme in "cdddde"]}  # fmt: skip
    assert set(deal(every)) == set("abcde")
    assert deal(every) == deal(every)


def test_every_fold_holds_every_kind_of_text_and_something_of_every_hand_with_several_themes() -> None:
    for fold in range(FOLDS):
        assert {line.kind for line in ours() if fold_of(line.theme) == fold} == set(KINDS)
    for name, lines in sources().items():
        if len({line.theme for line in lines}) >= FOLDS:
            assert {fold_of(line.theme) for line in lines} == set(range(FOLDS)), name


def test_a_shared_frame_is_seen() -> None:
    one, two = "a man holds the red lamp up", "she holds the red lamp up high"
    lines = [Line(text, frozenset(), "prompt", "x") for text in (one, two)]
    assert list(shared_runs(lines)) == ["holds the red lamp up"]


def test_a_table_of_lines_is_read_as_a_theme_is(tmp_path: Path) -> None:
    table = tmp_path / "unseen.csv"
    table.write_text('theme,kind,labels,text\ncircus,note,self_harm+abuse,"He, again."\ncircus,prompt,none,a tent\n')
    one, two = read(table)
    assert one == Line("He, again.", frozenset({"self_harm", "abuse"}), "note", "circus")
    assert two.labels == frozenset()


@pytest.mark.parametrize("row", ["circus,poem,none,a", "circus,note,sadness,a", "circus,note,none, "])
def test_a_broken_line_is_refused(row: str, tmp_path: Path) -> None:
    table = tmp_path / "unseen.csv"
    table.write_text(f"theme,kind,labels,text\n{row}\n")
    with pytest.raises(LinesBroken):
        read(table)
