"""What a worksheet is: sections of fields with their words, and what each field takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Final, Literal

Value = str | int
Kind = Literal["text", "scale", "choice", "date", "time"]
LONGEST: Final = 4000
"""Characters of a free text: about two written pages."""


class WrongEntry(ValueError):
    """The field doesn't take this. The message says what it does take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of a field's fixed answers."""

    value: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One question of a worksheet.

    Attributes:
        most: longest text in characters, or the highest point of a scale (the lowest is 0).
        about: another field whose text stands in this one's label in place of `{}`; `label` is what stands without it.
    """

    name: str
    kind: Kind
    label: str
    hint: str = ""
    most: int = LONGEST
    low: str = ""
    high: str = ""
    rows: int = 3
    about: str = ""
    label_about: str = ""
    choices: tuple[Choice, ...] = ()
    suggestions: tuple[str, ...] = ()

    def takes(self, given: object) -> Value | None:
        """The given value as it is kept; None for an empty one, which clears the field.

        Raises:
            WrongEntry: another type, too long, out of range or none of the choices.
        """
        if given is None or (isinstance(given, str) and not given.strip()):
            return None
        if self.kind == "scale":
            return self._points(given)
        if not isinstance(given, str):
            raise WrongEntry("text is needed here")
        return self._words(given)

    def _points(self, given: object) -> int:
        text = str(given).strip() if not isinstance(given, bool) else ""
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= self.most):
            raise WrongEntry(f"a whole number from 0 to {self.most} is needed here")
        return int(text)

    def _words(self, given: str) -> str:
        kept = given.replace("\r\n", "\n").strip()
        if len(kept) > self.most:
            raise WrongEntry(f"at most {self.most} letters fit in here")
        if "\x00" in kept or any("\ud800" <= letter <= "\udfff" for letter in kept):
            raise WrongEntry("there are signs in this text that can't be kept")
        if self.kind == "choice" and kept not in {choice.value for choice in self.choices}:
            raise WrongEntry("please choose one of those shown")
        return _moment(self.kind, kept)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Two scales to set side by side: what was said before and after. `named_by` is a field that names what it is."""

    label: str
    before: str
    after: str
    named_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Fields that belong together, with a heading and a line before them."""

    key: str
    title: str
    lead: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Worksheet:
    """An exercise as data. `needed` are the fields without which it can't be finished; setting aside needs none.

    `headline` is the field whose text stands for the whole in a list, `pictured` the one whose thought a picture can be
    asked for; "" where there is none.
    """

    key: str
    version: int
    title: str
    purpose: str
    about: str
    minutes: str
    source: str
    needed: tuple[str, ...]
    headline: str
    changes: tuple[Change, ...]
    sections: tuple[Section, ...]
    pictured: str = ""

    def fields(self) -> Iterator[Field]:
        return (field for section in self.sections for field in section.fields)

    def field(self, name: str) -> Field:
        """Raises KeyError for a name that isn't on the worksheet."""
        return next((field for field in self.fields() if field.name == name), None) or _missing(name)

    def label(self, name: str, values: Mapping[str, Value]) -> str:
        """A field's label, naming what the patient wrote where the label asks about that."""
        field = self.field(name)
        named = str(values.get(field.about, "")) if field.about else ""
        return field.label_about.replace("{}", named) if named else field.label


def _moment(kind: Kind, text: str) -> str:
    try:
        if kind == "date":
            return date.fromisoformat(text).isoformat()
        if kind == "time":
            return time.fromisoformat(text).strftime("%H:%M")
    except ValueError:
        raise WrongEntry(f"a {'day' if kind == 'date' else 'time'} is needed here") from None
    return text


def _missing(name: str) -> Field:
    raise KeyError(name)
