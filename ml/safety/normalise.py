"""Undoes the common ways to hide a word: look-alike letters, odd spacing, digits for letters, stretched letters.

One text becomes several views, since each undoing can also spoil an honest word; a word counts when any view shows it.
"""

import re
import unicodedata
from itertools import pairwise
from string import ascii_lowercase
from typing import Final

_CYRILLIC: Final = ("абвгԁезиіјкӏмнопрѕтуүхһшяԛԝ", "abbrde3nijklmhonpstyyxhwrqw")
_GREEK: Final = ("αβγδεηικλμνοπρστυχω", "abydeniklmvonpstuxw")
_LATIN: Final = ("ℓıłøđɡɑɩʏ", "lilodgaiy")
_BADGES: Final = (
    "".join(chr(first + n) for first in (0x1F150, 0x1F170, 0x1F1E6) for n in range(26)),
    ascii_lowercase * 3,
)
"""Letters in circles, squares and flags, which Unicode's own folding leaves."""
_ALPHABETS: Final = (_CYRILLIC, _GREEK, _LATIN, _BADGES)
_LOOK_ALIKES: Final = str.maketrans("".join(pair[0] for pair in _ALPHABETS), "".join(pair[1] for pair in _ALPHABETS))
_LEET: Final = str.maketrans("0134578@$!|+€", "oieastbasilte")
_LEET_L: Final = str.maketrans("1!|", "lll")
_SPELT_OUT: Final = re.compile(r"(?<!\w)(?:\w[\s.\-_*·/|]{1,3}){2,}\w(?!\w)")
_BETWEEN: Final = re.compile(r"[\s.\-_*·/|]+")
_MIXED: Final = re.compile(r"(?=\S*[a-z])(?=\S*[0-9@$!|+€])\S+")


def folded(text: str) -> str:
    """One case, one form, no accents, no invisible characters, single spaces; the script stays."""
    compatible = unicodedata.normalize("NFKC", text).casefold()
    split = unicodedata.normalize("NFD", compatible)
    kept = (
        letter for letter in split if unicodedata.category(letter) not in ("Mn", "Me", "Cf", "Cc") or letter in "\n\t"
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).replace("’", "'").split())


def views(text: str) -> tuple[str, ...]:
    """The folded text first, then each undoing of it that changes something."""
    plain = folded(text)
    latin = plain.translate(_LOOK_ALIKES)
    joined = _SPELT_OUT.sub(lambda found: _BETWEEN.sub("", found[0]), latin)
    after_article = _SPELT_OUT.sub(lambda found: _BETWEEN.sub("", found[0][1:]), latin)
    unleet = _unleet(joined, _LEET)
    found = (
        plain,
        latin,
        joined,
        after_article,
        unleet,
        _unleet(_unleet(joined, _LEET_L), _LEET),
        _short(unleet, 1),
        _short(unleet, 2),
    )
    return tuple(dict.fromkeys(found))


def undisguised(text: str) -> str:
    """One reading of the text for an encoder: look-alike letters, spelt-out words and digits in words undone."""
    lines = (folded(line).translate(_LOOK_ALIKES) for line in text.splitlines())
    joined = (_SPELT_OUT.sub(lambda found: _BETWEEN.sub("", found[0]), line) for line in lines)
    return "\n".join(_short(_unleet(line, _LEET), 2) for line in joined)


def neighbours(text: str) -> list[tuple[str, str]]:
    """Each pair of neighbouring words: a gap may have been put inside a word ("sui cide")."""
    found = re.findall(r"[a-z]+", folded(text).translate(_LOOK_ALIKES))
    return list(pairwise(found))


def _unleet(text: str, letters: dict[int, int]) -> str:
    """Digits and signs as letters, inside words that also hold a letter; a closing exclamation mark stays one."""
    return _MIXED.sub(lambda found: _word_unleet(found[0], letters), text)


def _word_unleet(word: str, letters: dict[int, int]) -> str:
    body = word.rstrip("!|+,.;:?")
    return body.translate(letters) + word[len(body) :]


def _short(text: str, times: int) -> str:
    """Letters stretched to three or more, cut to one or two: "bloooood"."""
    return re.sub(r"([a-z])\1{2,}", lambda found: found[1] * times, text)
