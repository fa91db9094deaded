"""Words of a judged prompt that the painter does not know, read as its own by what MiniLM says that they mean."""

from functools import cache

from ml.prompting.triggers import named_in
from ml.safety.against import Against
from ml.safety.embedding import packaged
from ml.safety.verdict import SafePrompt
from ml.scenes.nearby import Thesaurus, said_of
from ml.scenes.wording import read


def nearby(prompt: SafePrompt, against: Against) -> tuple[tuple[str, str], ...]:
    """Words of the prompt, each with a known word that means nearly the same; for one thread at a time.

    A word stays unread where anything that may be said of what would be painted names what the patient must not see.

    Raises:
        OSError: MiniLM isn't there.
    """
    found = thesaurus().nearest(read(prompt.text).unknown)
    return tuple((word, phrase) for word, phrase in found.items() if not _named(phrase, against))


def _named(phrase: str, against: Against) -> bool:
    return any(named_in(said, against.triggers) for said in said_of(phrase))


@cache
def thesaurus() -> Thesaurus:
    """The one of this process; half a second to make, and what MiniLM takes to load."""
    return Thesaurus(packaged().encode)
