"""What the words beside a picture never say: promises, orders, findings, medicine, and ways to reach somebody.

For the library's, which a test reads, and for a language model's, which are read before anybody sees them. A list of
words stops what it knows of and no more: whoever names a model in the settings should have people read its lines, too.
"""

import re
from typing import Final

from ml.prompting.typed import as_typed

LONGEST: Final = 120
"""Characters of a line."""
_WILL: Final = r"(?:'ll| will| shall|(?:'s|'re| is| are) (?:going to|gonna))"
_BETTER: Final = "better|fine|well|ok|okay|all right|alright|easier|cured|happy|happier|safe|healthy|healthier|normal"
_PROMISES: Final = (
    rf"(?:you|we|your \w+){_WILL}(?: \w+){{0,2}} (?:be|feel|get|become|recover|heal|cope)"
    rf"|\w+{_WILL}(?: \w+){{0,2}} (?:be|feel|get|become|go|turn out|work out)(?: \w+){{0,2}} (?:{_BETTER})"
    r"|will (?:never|always) (?:be|feel|get)"
    r"|(?:i|we)(?:'ll| will| can| do)? promise|promis\w+ you|that's a promise"
    r"|guarant\w+|cur(?:e|es|ed|ing)|heal(?!thy\b)\w*"
)
_ORDERS: Final = (
    r"must|should|you ought|ought you|obey\w*|you(?:'d| had) better|forgive"
    r"|(?<!feel )(?<!do )you (?:\w+ly |just |only |will |do |still )?(?:need|have) to"
    r"|you'll (?:need|have) to|you've got to|(?:stop|start|keep|quit|skip) taking"
)
"""Not "before you feel you have to get up" and "what do you have to hand", which ask."""
_FINDINGS: Final = (
    r"disorders?|depress\w*|anxiety|diagnos\w*|patients|(?:the|this|our) patient|(?:as|you are|you're) a patient"
    r"|you(?:'\w+)?(?: \w+){0,2} (?:ill|sick|unwell|insane|crazy)"
    r"|symptom\w*|illness\w*|disease\w*|mental\w*|psych\w*|bipolar"
    r"|traumas?|traumatic|ptsd|suicid\w*|self-harm\w*|addict\w*"
)
_MEDICINE: Final = (
    r"tablets?|pills?|medic\w+|meds|drugs?|dos(?:e|es|age)|capsules?|prescri\w+|serotonin|dopamine|hormon\w*|antidepress\w*"
    r"|sedat\w*|alcohol\w*|therap\w+|treatments?|doctors?|clinics?|hospitals?|insulin|lithium|vitamins?|painkillers?|aspirin"
    r"|paracetamol|ibuprofen|antibiotics?|steroids?|opioids?|opiates?|morphine|benzos?|\w*(?:diazepine|azepam|azolam)s?"
    r"|\w*oxetine|sertraline|\w*citalopram|ssris?|prozac|valium|xanax|ritalin|melatonin|cannabis|injections?|inhalers?"
)
_REACHING: Final = r"https?|www|\w+\.(?:com|net|org|info|io)|e-?mails?|passwords?|bank details"
_NEVER: Final = re.compile(rf"\b(?:{'|'.join((_PROMISES, _ORDERS, _FINDINGS, _MEDICINE, _REACHING))})\b|\d|@")


def says_what_it_must_not(words: str) -> bool:
    """Whether a line or a description promises, orders, diagnoses, speaks of medicine, or holds a number or address."""
    return _NEVER.search(as_typed(words.casefold())) is not None
