"""What the painter that is set makes of words, where it reads few: those that it does not know, those that it adds."""

import logging
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from ml.prompting.triggers import canonical, named_in
from ml.scenes.captions import shows
from ml.scenes.spec import KINDS

if TYPE_CHECKING:
    from ml.imaging.order import WordPairs
    from ml.safety.against import Against
    from ml.safety.verdict import SafePrompt

_LOG = logging.getLogger(__name__)


def nearby(prompt: "SafePrompt", against: "Against") -> "WordPairs":
    """Words of the prompt, each with the painter's own that means nearly the same; for one thread at a time.

    None that would name one of the patient's triggers. Where MiniLM fails, the words are left unread: a picture is
    painted all the same.
    """
    from ml.safety import nearby as reader

    try:
        return reader.nearby(prompt, against) if _of_few_words() else ()
    except Exception as error:  # noqa: BLE001 -- a word that is not read is no reason for no picture
        _LOG.warning("unknown words are left unread: %s", type(error).__name__)
        return ()


def out_of_what_is_painted(triggers: Collection[str]) -> frozenset[str]:
    """The kinds of place that show one of these triggers wherever they are painted, whatever a prompt says of them.

    None where the painter reads any text, since nobody knows what such a one puts into a lake, or where it isn't there:
    the vetted scenes that stand in for it are looked through by what they show.
    """
    try:
        if not _of_few_words():
            return frozenset()
    except LookupError:
        return frozenset()
    excluded = canonical(triggers)
    return frozenset(kind for kind in KINDS if named_in(shows(kind), excluded))


def _of_few_words() -> bool:
    """Whether the painter that is set reads the words of scenes alone. Raises LookupError where there is none."""
    return _reads(settings.ATTUNE_PAINTER, settings.ATTUNE_PAINTER_FOLDER) == "scenes"


@cache
def _reads(profile: str, folder: str) -> str:
    from ml.imaging.profiles import profile_at

    return profile_at(profile, Path(folder) if folder else None).reads
