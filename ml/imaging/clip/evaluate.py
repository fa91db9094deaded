"""Test the tiny CLIP on combinations that it never saw: does the right caption find its picture among others?

Example:
    python -m ml.imaging.clip.evaluate --count 512 --json
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from transformers import CLIPModel, CLIPTokenizer

from ml.imaging.clip.model import picture_vectors, text_vectors
from ml.imaging.probe.pictures import as_tensor, held_out_specs, renders, standard
from ml.imaging.probe.share import Share
from ml.imaging.training.dataset import VOCABULARIES
from ml.imaging.training.text import tokens_of
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.spec import SceneSpec
from ml.scenes.wording import say

POOL: Final = 64
"""So many pictures and captions stand against each other; chance finds 1 in 64."""


@torch.inference_mode()
def retrieval(model: CLIPModel, tokenizer: CLIPTokenizer, pictures: Tensor, specs: list[SceneSpec]) -> dict[str, Share]:
    """How often a picture finds its caption and a caption its picture, first or among five, in pools of 64.

    Captions say all six attributes; another one that says the same counts as right.

    Args:
        pictures: (N, 3, SIDE, SIDE) in [0, 1].
    """
    shown = torch.cat([picture_vectors(model, standard(some)) for some in torch.split(pictures, POOL)])
    captions = [say(dict(zip(ATTRIBUTES, spec.words(), strict=True))) for spec in specs]
    said = torch.cat([text_vectors(model, tokens_of(tokenizer, captions[at : at + POOL]))
                      for at in range(0, len(captions), POOL)])  # fmt: skip
    counts = {"picture_to_caption": 0, "picture_to_caption_5": 0, "caption_to_picture": 0, "caption_to_picture_5": 0}
    for first in range(0, len(specs), POOL):
        part = slice(first, first + POOL)
        scores, same = shown[part] @ said[part].T, _same(captions[part])
        for name, table in (("picture_to_caption", scores), ("caption_to_picture", scores.T)):
            counts[name] += _found(table, same, 1)
            counts[f"{name}_5"] += _found(table, same, 5)
    return {name: Share(count, len(specs)) for name, count in counts.items()}


def _same(captions: list[str]) -> Tensor:
    return torch.tensor([[one == other for other in captions] for one in captions])


def _found(scores: Tensor, same: Tensor, among: int) -> int:
    best = scores.topk(min(among, scores.shape[1]), dim=1).indices
    return int(same.gather(1, best).any(dim=1).sum())


@torch.inference_mode()
def naming(
    model: CLIPModel, tokenizer: CLIPTokenizer, pictures: Tensor, specs: list[SceneSpec]
) -> dict[str, Share]:  # fmt: skip
    """How often the plain phrase of the true word lies nearest, each attribute by itself; nothing is fitted to it."""
    shown = torch.cat([picture_vectors(model, standard(some)) for some in torch.split(pictures, POOL)])
    shares = {}
    for at, (name, words) in enumerate(zip(ATTRIBUTES, VOCABULARIES, strict=True)):
        said = text_vectors(model, tokens_of(tokenizer, [say({name: word}) for word in words]))
        nearest = (shown @ said.T).argmax(dim=1).tolist()
        right = sum(words[place] == spec.words()[at] for place, spec in zip(nearest, specs, strict=True))
        shares[name] = Share(right, len(specs))
    return shares


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0; a line a measure, or one JSON object."""
    from ml.imaging.clip.stored import load_clip

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.clip.evaluate", description=__doc__)
    parser.add_argument("--weights", type=Path, help="a folder of weights (default: those that ship)")
    parser.add_argument("--count", type=int, default=512)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    model, tokenizer, label = load_clip(options.weights)
    specs = held_out_specs(options.count, options.seed)
    pictures = as_tensor(renders(specs))
    found, named = retrieval(model, tokenizer, pictures, specs), naming(model, tokenizer, pictures, specs)
    result = {"clip": label, "count": len(specs), "pool": POOL, "retrieval": _facts(found), "naming": _facts(named)}
    sys.stdout.write((json.dumps(result) if options.as_json else _in_words(result)) + "\n")
    return 0


def _facts(shares: dict[str, Share]) -> dict[str, Any]:
    return {name: share.facts for name, share in shares.items()}


def _in_words(result: dict[str, Any]) -> str:
    lines = [f"{result['clip']}: {result['count']} renders of combinations never seen, in pools of {result['pool']}"]
    for name, share in (*result["retrieval"].items(), *result["naming"].items()):
        lines.append(f"{name:22} {share['right']:.1%} ({share['from']:.1%} to {share['to']:.1%})")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
