"""The worksheets' data: whole, sourced, and read with ease at twelve."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from apps.exercises.paces import PACES
from apps.exercises.senses import SENSES
from apps.exercises.worksheets import WORKSHEETS, Worksheet

PAGES = Path(__file__).resolve().parents[3] / "templates" / "exercises"
SAID = re.compile(r"""\{% trans ["'](.+?)["'] %\}|\{% blocktrans[^%]*%\}(.+?)\{% endblocktrans %\}""")
EASY: float = 6.0
"""Flesch-Kincaid grade (Kincaid et al., 1975): what an eleven- or twelve-year-old reads with ease."""


def texts(sheet: Worksheet) -> list[str]:
    sections = [text for section in sheet.sections for text in (section.title, section.lead)]
    fields = [
        text for field in sheet.fields() for text in (field.label, field.hint, *(one.text for one in field.choices))
    ]
    return [text for text in (sheet.purpose, sheet.about, *sections, *fields) if text]


def said_on(page: Path) -> list[str]:
    """The page's sentences, with a word in place of what is filled in."""
    found = [text for pair in SAID.findall(page.read_text(encoding="utf-8")) for text in pair if text]
    return [re.sub(r"\{\{.+?\}\}", "ten", part) for text in found for part in text.split("{% plural %}")]


def hard(said: Iterable[str]) -> list[str]:
    """Those of six words or more (fewer can't be measured) that are harder than EASY."""
    return [text for text in said if len(text.split()) >= 6 and grade(text) > EASY]


def grade(text: str) -> float:
    words = re.findall(r"[A-Za-z’']+", text)
    sentences = max(1, len(re.findall(r"[.!?…:](?:\s|$|”)", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize("sheet", WORKSHEETS.values(), ids=list(WORKSHEETS))
def test_a_twelve_year_old_can_read_each_worksheet(sheet: Worksheet) -> None:
    assert hard(texts(sheet)) == []


def test_a_twelve_year_old_can_read_the_prompts_and_the_patients_pages() -> None:
    assert [one.count for one in SENSES] == [5, 4, 3, 2, 1]
    assert hard([text for one in SENSES for text in (one.prompt, one.example)]) == []
    pages = [page for page in PAGES.glob("*.html") if not page.name.startswith("care")]
    said = [text for page in pages for text in said_on(page)]
    assert len(said) > 80
    assert hard(said) == []


def test_the_measure_tells_hard_from_easy() -> None:
    assert hard(
        ["Individuals experiencing considerable psychological distress should evaluate alternative cognitions."]
    )
    assert not hard(["Look around you and find five things that you can see."])


@pytest.mark.parametrize("sheet", WORKSHEETS.values(), ids=list(WORKSHEETS))
def test_each_name_that_a_worksheet_mentions_is_one_of_its_fields(sheet: Worksheet) -> None:
    names = [field.name for field in sheet.fields()]
    assert len(names) == len(set(names))
    mentioned = {*sheet.needed, *(field.about for field in sheet.fields()), sheet.headline}
    mentioned |= {name for change in sheet.changes for name in (change.before, change.after, change.named_by)}
    assert mentioned - {""} <= set(names)
    assert sheet.source


def test_the_paces_on_offer_are_slow_sourced_and_the_same_as_those_to_choose() -> None:
    offered = {choice.value for choice in WORKSHEETS["breathing"].field("pace").choices}
    assert offered == PACES.keys()
    assert all(5 <= pace.breaths_per_minute < 10 for pace in PACES.values())
    assert all(pace.source for pace in PACES.values())
