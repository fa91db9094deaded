"""What an instrument is: fixed questions, fixed answers, a way to add them up, and bands with a source.

Texts are the validated English ones, word for word. A translation of a questionnaire is a separate validated
instrument, so these texts never go through gettext; a language is added as data beside these.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One possible answer: its points, its words and its LOINC answer code (None where LOINC has none)."""

    value: int
    text: str
    code: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One question. `number` counts from 1, as the printed form does; `code` is LOINC's, None where there is none."""

    number: int
    text: str
    code: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A severity word and the lowest score that earns it."""

    lowest: int
    word: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """Which items are added, what the sum is multiplied by, and how the result reads.

    `tolerated` is how many missing answers the source allows before the scale has no score; a tolerated gap is filled
    with the mean of the answered items, never with zero.
    """

    name: str
    items: tuple[int, ...]
    factor: int
    bands: tuple[Band, ...]
    tolerated: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """A questionnaire as data. `total` is None for instruments that only have subscales.

    `watched` are the items of which any answer above zero needs a person. `after` is a question that is asked at the
    end and never scored.
    """

    key: str
    version: int
    title: str
    purpose: str
    stem: str
    items: tuple[Item, ...]
    choices: tuple[Choice, ...]
    total: Scale | None
    subscales: tuple[Scale, ...] = ()
    watched: tuple[int, ...] = ()
    after: Item | None = None
    after_choices: tuple[Choice, ...] = ()
    panel_code: str | None = None
    total_code: str | None = None
    source: str
    credit: str

    @property
    def highest(self) -> int:
        """The largest total that the form can reach, 0 where there is none."""
        return 0 if self.total is None else len(self.total.items) * self.choices[-1].value * self.total.factor

    def item(self, number: int) -> Item:
        """The question with this number, the unscored one at the end included. Raises KeyError."""
        asked = self.items if self.after is None else (*self.items, self.after)
        for item in asked:
            if item.number == number:
                return item
        raise KeyError(number)

    def choices_for(self, number: int) -> tuple[Choice, ...]:
        """The answers that question `number` takes."""
        if self.after is not None and number == self.after.number:
            return self.after_choices
        return self.choices
