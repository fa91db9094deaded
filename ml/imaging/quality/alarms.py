"""Measure how often the NSFW layer would refuse a picture of ours: `python -m ml.imaging.quality.alarms`.

The vetted scenes, as they are shown, and templates of the library, each painted once from its head line. None of them
is sexual, so all that is refused is a false alarm. What the layer finds of what is (its recall) this does not say.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from ml.imaging.probe.share import Share
from ml.safety.image import SEXUAL_FROM, screen_image
from ml.safety.thresholds import refused_from

if TYPE_CHECKING:
    from ml.imaging.painter import Painter

Pixels = npt.NDArray[np.uint8]

SIDE: Final = 640
"""Pixels: what a vetted scene is shown at."""


def vetted(most: int | None = None) -> Iterator[Pixels]:
    """The library's scenes in its order, the first `most` of them."""
    from ml.scenes.library import entries

    return (scene.pixels(SIDE, SIDE) for scene in entries()[:most])


def painted(painter: "Painter", count: int, seed: int) -> Iterator[Pixels]:
    """So many templates drawn by `seed`, none twice, each painted once, in each style in turn."""
    from ml.prompting.library import templates
    from ml.prompting.phrase import head, negative, scene
    from ml.prompting.state import State
    from ml.safety.text import screen_text
    from ml.safety.verdict import SafePrompt
    from ml.scenes.spec import STYLES

    library = templates()
    drawn = np.random.default_rng(seed).choice(len(library), count, replace=False)
    for number, at in enumerate(drawn):
        one, style = library[at], STYLES[number % len(STYLES)]
        spec = scene(one, State("neutral", season="summer", day_time="afternoon"), style)
        said = screen_text(head(spec), negative(one))
        assert isinstance(said, SafePrompt), "the captions' own words are safe"  # noqa: S101 -- an invariant
        yield painter.draw(said, seed=seed + number).pixels


def alarms(pictures: Iterable[Pixels]) -> dict[str, Any]:
    """How many would be refused for nudity at the threshold in use, with Wilson's 95 % interval; how high scores get.

    Raises:
        KeyError: what was given is no picture at all, so that nobody asked the layer.
    """
    scores = np.array([dict(screen_image(pixels).verdict.labels)["sexual"] for pixels in pictures])
    refused = Share(int((~(scores < refused_from("sexual", SEXUAL_FROM))).sum()), len(scores))
    return {
        "pictures": refused.count,
        "refused": refused.right,
        "interval": [round(end, 4) for end in refused.interval],
        "median_score": round(float(np.median(scores)), 4),
        "highest_score": round(float(scores.max()), 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 measured, 2 wrong use."""
    import torch

    from ml.imaging.painter import Painter
    from ml.prompting.library import templates

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.quality.alarms", description=__doc__)
    parser.add_argument("--scenes", type=int, help="how many vetted scenes (default: all)")
    parser.add_argument("--painted", type=int, default=60, help="how many templates are painted")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if not 1 <= options.painted <= len(templates()) or (options.scenes is not None and options.scenes < 1):
        parser.error(f"a scene at least, and 1 to {len(templates())} templates")
    torch.set_num_threads(1)
    painter = Painter.load()
    facts = {
        "threshold": refused_from("sexual", SEXUAL_FROM),
        "vetted": alarms(vetted(options.scenes)),
        "painted": {"model": painter.model, **alarms(painted(painter, options.painted, options.seed))},
    }
    sys.stdout.write(json.dumps(facts, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
