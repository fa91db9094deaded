"""What a patient wrote about things not to be shown, in the forms that matching finds in a text.

Done before the engine is asked and recorded with its inputs, so that a decision is made again from what it was told.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from ml.prompting.triggers import named_in, plain, tags
from ml.prompting.typed import as_typed

_OR: Final = re.compile(r"[/|;:&+()\[\]]|\b(?:and|or|but|because)\b")
_EDGE: Final = re.compile(r"^\W+|\W+$")
_FILLING: Final = frozenset(
    """
    a about afraid all am an anxious any anymore anything are around as at avoid bad be because been being by can
    can't cannot cope could couldn't deal did dislike do does don't dont even ever every everything fear fears feel
    feeling for from had has hate hates have her here his i i'd i'm if image images in into involving is it it's its
    just kind kinds leave like look looking make makes me more much my near never no not nothing of on only onto
    other our out over painting paintings panic phobia photo photos picture pictures please rather really remind
    reminds sad scare scared scares scary scene scenes see seeing show showing so some something sort sorts stand
    terrified that that's the their them there these thing things this those to too trigger triggering triggers type
    types upset upsets upsetting us very want wants we when where which with without worried would you your
    """.split()  # noqa: SIM905  (one word a line, or one list of 580 columns, reads worse)
)
"""What is written around a word ("no pictures of the sea, please") and names nothing itself."""
_IRREGULAR: Final = {
    "alga": "algae", "cactus": "cacti", "calf": "calves", "child": "children", "foot": "feet", "fungus": "fungi",
    "goose": "geese", "knife": "knives", "leaf": "leaves", "loaf": "loaves", "louse": "lice", "man": "men",
    "mouse": "mice", "ox": "oxen", "person": "people", "shelf": "shelves", "thief": "thieves", "tooth": "teeth",
    "wolf": "wolves", "woman": "women",
}  # fmt: skip
_OTHER_NUMBER: Final = _IRREGULAR | {many: one for one, many in _IRREGULAR.items()}
_ENDS_COMPOUNDS: Final = ("child", "children", "feet", "foot", "leaf", "leaves", "man", "men", "mice", "mouse")
_AS_IN_LEAF: Final = "(?:(?<=[lr])|(?<=[aeio][aeiou]))"
_ENDINGS: Final = tuple(
    (re.compile(ending), other)
    for ending, other in (
        ("(?<=[^aeiou])y$", "ies"), (r"(?<=\w[^aeiou])ies$", "y"), ("(?<=i)fe$", "ves"), ("(?<=i)ves$", "fe"),
        (f"{_AS_IN_LEAF}f$", "ves"), (f"{_AS_IN_LEAF}ves$", "f"),
    )
)  # fmt: skip
"""How else a word may end in the other number; a form that is no word finds nothing."""
_CUT_SHORT: Final = re.compile(r"(?<=\w)(ie|ve)s$")
"""What matching takes more off than the plural: of "parties" it would look for "part", of "spies" for "spi"."""
_LAST: Final = re.compile(r"((?:.*[ -])?)([^ -]+)")
_MOST_JOINTS: Final = 4


def spelled_out(triggers: Iterable[str]) -> tuple[str, ...]:
    """The triggers with each free entry in the forms that find it; tags stay as they are. Wide on purpose.

    "- the sea!" becomes "sea", "dogs and cats" two entries, "poppy" "poppie" and "lamp post" "lamp-post" as well; of
    several words, those that a tag knows count by themselves ("big dogs": "dogs"). "parties" becomes "partie", which
    finds it whole and no part. An entry of which nothing is left stays as it was written.
    """
    known = tags()
    found = (one for trigger in triggers for one in ((trigger,) if trigger in known else _entry(trigger)))
    return tuple(dict.fromkeys(found))


def _entry(written: str) -> Iterator[str]:
    phrases = [phrase for part in _OR.split(as_typed(plain(written))) if (phrase := _bare(part))]
    if not phrases:
        yield written
    for phrase in phrases:
        yield from (_whole(form) for one in _joined(phrase) for form in _numbers(one))
        several = phrase.split()
        if len(several) > 1:
            yield from (_whole(word) for word in several if word not in _FILLING and named_in(word, tags()))


def _bare(part: str) -> str:
    """The words without signs around them, and without what only stands around what is meant."""
    words = [word for one in part.split() if (word := _EDGE.sub("", one))]
    while words and words[0] in _FILLING:
        words.pop(0)
    while words and words[-1] in _FILLING:
        words.pop()
    return " ".join(words)


def _numbers(phrase: str) -> Iterator[str]:
    """The phrase, and its other number where matching, which drops a plain plural, would not find it."""
    yield phrase
    found = _LAST.fullmatch(phrase)
    if found is None:
        return
    before, last = found.groups()
    yield from (before + other for other in _other_numbers(last) if other != last)


def _whole(form: str) -> str:
    """The form so that matching, which looks for its beginning, takes nothing off that others begin with."""
    return _CUT_SHORT.sub(r"\1", form)


def _other_numbers(word: str) -> Iterator[str]:
    """Of one word: the irregular one, at the end of a compound too ("snowman"), and those with another ending."""
    if word in _OTHER_NUMBER:
        yield _OTHER_NUMBER[word]
        return
    yield from (word.removesuffix(end) + _OTHER_NUMBER[end] for end in _ENDS_COMPOUNDS if word.endswith(end))
    yield from (ending.sub(other, word) for ending, other in _ENDINGS)


def _joined(phrase: str) -> Iterator[str]:
    """The phrase with a space and with a hyphen at each of its joints: a lamp post is a lamp-post, too."""
    parts = re.split("[ -]", phrase)
    if len(parts) - 1 > _MOST_JOINTS:
        yield from (phrase, " ".join(parts), "-".join(parts))
        return
    yield phrase
    for joints in product(" -", repeat=len(parts) - 1):
        yield "".join(part + joint for part, joint in zip(parts, (*joints, ""), strict=True))
