"""DASS-21: depression, anxiety and stress over the past week. Subscales only; there is no total.

Items, doubling and bands: Lovibond & Lovibond, "Manual for the Depression Anxiety Stress Scales", 2nd ed., Sydney 1995.
Each subscale sums seven items and doubles the sum (0-42). A subscale with one answer missing is scored from the mean of
the other six (at least 6 of 7: AHSRI's DASS-21 protocol); with two missing it has no score. The bands printed in
PMC6708020 and by AHSRI overlap or are wrong and are not used. LOINC has no codes for it.
"""

from typing import Final

from apps.assessments.instruments.model import Band, Choice, Instrument, Item, Scale

WORDS: Final = ("normal", "mild", "moderate", "severe", "extremely severe")
TEXTS: Final = (
    "I found it hard to wind down",
    "I was aware of dryness of my mouth",
    "I couldn't seem to experience any positive feeling at all",
    "I experienced breathing difficulty (e.g. excessively rapid breathing, breathlessness in the absence of physical "
    "exertion)",
    "I found it difficult to work up the initiative to do things",
    "I tended to over-react to situations",
    "I experienced trembling (e.g. in the hands)",
    "I felt that I was using a lot of nervous energy",
    "I was worried about situations in which I might panic and make a fool of myself",
    "I felt that I had nothing to look forward to",
    "I found myself getting agitated",
    "I found it difficult to relax",
    "I felt down-hearted and blue",
    "I was intolerant of anything that kept me from getting on with what I was doing",
    "I felt I was close to panic",
    "I was unable to become enthusiastic about anything",
    "I felt I wasn't worth much as a person",
    "I felt that I was rather touchy",
    "I was aware of the action of my heart in the absence of physical exertion (e.g. sense of heart rate increase, "
    "heart missing a beat)",
    "I felt scared without any good reason",
    "I felt that life was meaningless",
)


def _subscale(name: str, items: tuple[int, ...], lowest: tuple[int, ...]) -> Scale:
    bands = tuple(Band(lowest=score, word=word) for score, word in zip(lowest, WORDS, strict=True))
    return Scale(name=name, items=items, factor=2, bands=bands, tolerated=1)


DASS_21: Final = Instrument(
    key="dass-21",
    version=1,
    title="DASS-21",
    purpose="Depression, anxiety and stress",
    stem="Please read each statement and choose how much it applied to you over the past week.",
    items=tuple(Item(number=number, code=None, text=text) for number, text in enumerate(TEXTS, start=1)),
    choices=(
        Choice(value=0, text="Did not apply to me at all", code=None),
        Choice(value=1, text="Applied to me to some degree, or some of the time", code=None),
        Choice(value=2, text="Applied to me to a considerable degree, or a good part of the time", code=None),
        Choice(value=3, text="Applied to me very much, or most of the time", code=None),
    ),
    total=None,
    subscales=(
        _subscale("depression", (3, 5, 10, 13, 16, 17, 21), (0, 10, 14, 21, 28)),
        _subscale("anxiety", (2, 4, 7, 9, 15, 19, 20), (0, 8, 10, 15, 20)),
        _subscale("stress", (1, 6, 8, 11, 12, 14, 18), (0, 15, 19, 26, 34)),
    ),
    source="Lovibond & Lovibond 1995, Manual for the Depression Anxiety Stress Scales, 2nd ed.",
    credit="S.H. Lovibond and P.F. Lovibond, University of New South Wales. In the public domain.",
)
