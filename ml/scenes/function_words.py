"""English words that hold a sentence together and show nothing: no painter knows them, no log names them."""

from typing import Final

FUNCTION_WORDS: Final = frozenset(
    """
    a about above across after again against ago all almost along already also although always am among an and
    another any anybody anyone anything are around as at away be because been before behind being below beneath beside
    between beyond both but by can could did do does doing done down during each either else enough even ever every
    everybody everyone everything for from had has have having he her here hers him his how i if in inside into is it
    its itself just like many may me might more most much must my near neither never no nobody none nor not nothing of
    off on once one one's ones only onto or other others our out outside over own past perhaps quite rather she should
    since so some somebody someone something somewhere soon such than that the their them then there these they this
    those though through till to too toward towards under until up upon us very was we were what when where whether
    which while who whom whose why will with within without would yet you your
    """.split()  # noqa: SIM905  (one word a line, or one list of 1,000 columns, reads worse)
)
