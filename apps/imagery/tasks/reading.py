"""Reads for the painter the words that it does not know, where the one that is set reads few; in the worker alone."""

import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

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


def _of_few_words() -> bool:
    """Whether the painter that is set reads the words of scenes alone. Raises LookupError where there is none."""
    return _reads(settings.ATTUNE_PAINTER, settings.ATTUNE_PAINTER_FOLDER) == "scenes"


@cache
def _reads(profile: str, folder: str) -> str:
    from ml.imaging.profiles import profile_at

    return profile_at(profile, Path(folder) if folder else None).reads
