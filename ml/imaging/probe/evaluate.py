"""Test the probe itself on combinations that it never saw: as they are, and in the colours of other scenes.

Example:
    python -m ml.imaging.probe.evaluate --count 600 --json
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Generator, Tensor

from ml.imaging.probe.colour import with_colours_of
from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.pictures import as_tensor, held_out_specs, renders, standard, truths
from ml.imaging.probe.share import Share

_AT_ONCE: Final = 64


def shares_right(net: ProbeNet, pictures: Tensor, truth: dict[str, Tensor]) -> dict[str, Share]:
    """How often each attribute is named right; pictures (N, 3, SIDE, SIDE) in [0, 1]."""
    named = answers(net, pictures)
    return {name: Share(int((named[name] == true).sum()), len(true)) for name, true in truth.items()}


@torch.inference_mode()
def answers(net: ProbeNet, pictures: Tensor) -> dict[str, Tensor]:
    """Attribute to (N,) places of the likeliest word."""
    parts = [net(standard(some)) for some in torch.split(pictures, _AT_ONCE)]
    return {name: torch.cat([part[name] for part in parts]).argmax(dim=1) for name in parts[0]}


def swapped(pictures: Tensor, truth: dict[str, Tensor], seed: int) -> Tensor:
    """Each picture in the colours of another one that shows another time of day in another palette."""
    chance = Generator().manual_seed(seed)
    alike = (truth["time"][:, None] == truth["time"]) | (truth["palette"][:, None] == truth["palette"])
    luck = torch.rand(alike.shape, generator=chance).masked_fill(alike, -1.0)
    return with_colours_of(pictures, pictures[luck.argmax(dim=1)])


def evaluate(net: ProbeNet, count: int, seed: int) -> dict[str, Any]:
    """Shares right on held-out combinations, plain and in other scenes' colours, and what the swap costs."""
    specs = held_out_specs(count, seed)
    pictures, truth = as_tensor(renders(specs)), truths(specs)
    plain = shares_right(net, pictures, truth)
    moved = shares_right(net, swapped(pictures, truth, seed), truth)
    drop = {name: round(plain[name].value - moved[name].value, 4) for name in plain}
    return {
        "count": count,
        "combinations": len({spec.words()[:3] for spec in specs}),
        "plain": {name: share.facts for name, share in plain.items()},
        "swapped": {name: share.facts for name, share in moved.items()},
        "drop": drop,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0; a line an attribute, or one JSON object."""
    from ml.imaging.probe.stored import load_probe

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.probe.evaluate", description=__doc__)
    parser.add_argument("--weights", type=Path, help="a folder of weights (default: those that ship)")
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    net, label = load_probe(options.weights)
    result = {"probe": label, **evaluate(net, options.count, options.seed)}
    sys.stdout.write((json.dumps(result) if options.as_json else _in_words(result)) + "\n")
    return 0


def _in_words(result: dict[str, Any]) -> str:
    lines = [f"{result['probe']} on {result['count']} renders of {result['combinations']} combinations never seen"]
    for name, plain in result["plain"].items():
        other = result["swapped"][name]
        lines.append(f"{name:8} {plain['right']:.1%} ({plain['from']:.1%} to {plain['to']:.1%}); "
                     f"in other scenes' colours {other['right']:.1%}")  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
