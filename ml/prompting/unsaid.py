"""What the words beside a picture never say: promises, orders, findings, medicine, and ways to reach somebody.

For the library's, which a test reads, and for a language model's, which are read before anybody sees them. A list of
words stops what it knows of and no more: whoever names a model in the settings should have people read its lines, too.
"""

import re
from typing import Final

from ml.prompting.typed import as_typed

LONGEST: Final = 120
"""Characters of a line."""
_PROMISES: Final = (
    r"will (?:soon |never |always )?(?:get|be|feel) \w+"
    r"|promis(?:e|es|ing)|guarant\w+|cur(?:e|es|ed|ing)|heal\w*"
)
_ORDERS: Final = r"must|should|ought|obey\w*|you(?:'d| had) better|forgive"
_FINDINGS: Final = (
    r"disorders?|depress\w*|anxiety|diagnos\w*|patients?|symptom\w*|illness\w*|disease\w*|mental\w*|psych\w*|bipolar"
    r"|traumas?|traumatic|ptsd|suicid\w*|self-harm\w*|addict\w*"
)
_MEDICINE: Final = (
    r"tablets?|pills?|medic\w+|meds|drugs?|dos(?:e|es|age)|capsules?|prescri\w+|serotonin|dopamine|hormon\w*|antidepress\w*"
    r"|sedat\w*|alcohol\w*|therap\w+|treatments?|doctors?|clinics?|hospitals?"
)
_REACHING: Final = r"https?|www|\w+\.(?:com|net|org|info|io)|e-?mails?|passwords?|bank details"
_NEVER: Final = re.compile(rf"\b(?:{'|'.join((_PROMISES, _ORDERS, _FINDINGS, _MEDICINE, _REACHING))})\b|\d|@")


def says_what_it_must_not(words: str) -> bool:
    """Whether a line or a description promises, orders, diagnoses, speaks of medicine, or holds a number or address."""
    return _NEVER.search(as_typed(words.casefold())) is not None
