"""The template library's own scenes, as harmless lines to learn from."""

import random
from typing import Final

from ml.prompting.library import templates
from ml.prompting.phrase import words
from ml.prompting.slots import Personal, goals, liked_places
from ml.prompting.state import DAY_TIMES, SEASONS, State
from ml.safety.language.lines import SCENES, Line
from ml.safety.language.windows import windows
from ml.safety.normalise import undisguised

STYLES: Final = ("photo", "gouache", "ink", "watercolour")


def scenes(seed: int) -> tuple[Line, ...]:
    """Every template once, its slots filled by the seed, in the windows that it is read in."""
    chance = random.Random(seed)  # noqa: S311 -- no secret
    found = list[Line]()
    for template in templates():
        state = State("neutral", season=chance.choice(SEASONS), day_time=chance.choice(DAY_TIMES))
        personal = Personal(chance.choice(sorted(goals())), chance.choice(sorted(liked_places())))
        prompt = words(template, state, chance.choice(STYLES), personal).prompt
        found.extend(Line(window, frozenset(), "prompt", SCENES) for window in windows(undisguised(prompt)))
    return tuple(found)
