"""A text of twenty words is read soon enough, and whoever judges a file of lines is told how soon."""

import json
import re
from pathlib import Path

import pytest

from ml.safety import train
from ml.safety.language.pace import WORDS, milliseconds, texts
from ml.safety.language.reader import reader

MOST_MS = 25
"""What a text of twenty words may take on one thread once warm, as was asked for. 14 were measured."""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "lines.csv"
    file.write_text("theme,kind,labels,text\ncircus,prompt,none,a tent on a green field\n")
    return file


def test_no_two_of_the_texts_are_alike_and_each_has_twenty_words() -> None:
    found = list(texts())
    assert len(set(found)) == len(found) == WORDS
    assert {len(text.split()) for text in found} == {WORDS}


def test_twenty_words_are_read_within_the_time_that_was_asked_for() -> None:
    judge = reader().judge
    assert min(milliseconds(judge) for _ in range(3)) <= MOST_MS


def test_whoever_judges_a_file_is_told_the_time(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train.main(["--evaluate", str(table)])
    said = re.search(r"^([\d.]+) ms of .* twenty words", capsys.readouterr().out, re.MULTILINE)
    assert said is not None
    assert float(said[1]) > 0
    train.main(["--evaluate", str(table), "--today", "--json"])
    assert json.loads(capsys.readouterr().out)["ms_twenty_words"] > 0
