"""Measure the vetted scenes for the aesthetic score: `python -m ml.imaging.quality.measure` writes `vetted.json`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.imaging.probe.network import SIDE
from ml.imaging.quality.aesthetic import ANY, REFERENCE
from ml.imaging.quality.statistics import NAMES, Floats, statistics
from ml.scenes.library import VettedScene, entries


def measure(scenes: Sequence[VettedScene]) -> dict[str, Any]:
    """Middle and spread of each statistic, by style and of all together, as `vetted.json` holds them."""
    found = np.concatenate([statistics(scene.pixels(SIDE, SIDE)[None]) for scene in scenes])
    styles = np.array([scene.spec.style for scene in scenes])
    groups = {ANY: found} | {style: found[styles == style] for style in sorted(set(styles))}
    return {"scenes": len(scenes), "styles": {style: _summary(rows) for style, rows in groups.items()}}


def _summary(rows: Floats) -> dict[str, dict[str, float]]:
    low, middle, high = np.percentile(rows, (16, 50, 84), axis=0)
    return {
        name: {"middle": round(float(middle[at]), 5), "spread": round(float(high[at] - low[at]) / 2, 5)}
        for at, name in enumerate(NAMES)
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the reference."""
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.quality.measure", description=__doc__)
    parser.add_argument("--out", type=Path, default=REFERENCE)
    out = parser.parse_args(arguments).out
    out.write_text(json.dumps(measure(entries()), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
