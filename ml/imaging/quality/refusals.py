"""Measure how many pictures of the engine's choices the layers refuse: `python -m ml.imaging.quality.refusals`.

Made-up states, each chosen for and painted as a session would, at most twice: after a second refusal a patient gets a
vetted scene. No person says which of these refusals was right; the pictures were asked to be calm, all of them.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from ml.imaging.probe.share import Share
from ml.prompting.choose import Choice, choose
from ml.prompting.state import DAY_TIMES, SEASONS, Preferences, State
from ml.safety.against import Against
from ml.safety.image import screen_image
from ml.safety.text import screen_text
from ml.safety.verdict import Refusal, Verdict
from ml.scenes.spec import STYLES
from ml.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from ml.imaging.painter import Painter

ATTEMPTS: Final = 2
"""As a request is answered."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one painting, or of the prompt that was not painted."""

    choice: Choice
    verdict: Verdict
    refused: bool


def paintings(painter: "Painter", requests: int, seed: int) -> Iterator[list[Judged]]:
    """For each request its paintings, the last of which was allowed or the second to be refused."""
    random = Random(seed)  # noqa: S311 -- a measurement that can be repeated
    for _ in range(requests):
        state = State(
            random.choice(EMOTIONS), random.random(), distress=random.choice((None, random.randrange(101))),
            season=random.choice((None, *SEASONS)), day_time=random.choice((None, *DAY_TIMES)),
        )  # fmt: skip
        liked = Preferences(styles=(random.choice(STYLES),))
        answered = list[Judged]()
        while len(answered) < ATTEMPTS and (not answered or answered[-1].refused):
            answered.append(_judged(painter, choose(state, (), liked, seed=random.randrange(2**31))))
        yield answered


def _judged(painter: "Painter", choice: Choice) -> Judged:
    said = screen_text(choice.prompt, choice.negative_prompt)
    if isinstance(said, Refusal):
        return Judged(choice, said.verdict, refused=True)
    found = screen_image(painter.draw(said, seed=choice.seed % 2**31).pixels, Against(choice.technique))
    return Judged(choice, found.verdict, refused=isinstance(found, Refusal))


def summary(requests: Sequence[Sequence[Judged]]) -> dict[str, Any]:
    """How many were refused, by layer, technique and time of day, and how many requests ended with a vetted scene."""
    every = [one for answered in requests for one in answered]
    refused = [one for one in every if one.refused]
    share = Share(len(refused), len(every))
    return {
        "requests": len(requests),
        "vetted_scenes": sum(answered[-1].refused for answered in requests),
        "paintings": share.count,
        "refused": share.right,
        "interval": [round(end, 4) for end in share.interval],
        "why": dict(Counter(one.verdict.reason for one in refused).most_common()),
        "by_technique": _of(every, lambda one: one.choice.technique),
        "by_time": _of(every, lambda one: one.choice.scene.time),
        "by_style": _of(every, lambda one: one.choice.scene.style),
    }


def _of(every: Sequence[Judged], trait: Callable[[Judged], str]) -> dict[str, str]:
    """Trait → "refused of painted"."""
    painted, refused = Counter(map(trait, every)), Counter(trait(one) for one in every if one.refused)
    return {name: f"{refused[name]} of {count}" for name, count in sorted(painted.items())}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 measured, 2 wrong use."""
    import torch

    from ml.imaging.painter import Painter

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.quality.refusals", description=__doc__)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.requests < 1:
        parser.error("a request at least")
    torch.set_num_threads(1)
    painter = Painter.load()
    facts = summary(list(paintings(painter, options.requests, options.seed)))
    sys.stdout.write(json.dumps({"model": painter.model, **facts}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
