"""Trains the LSTM on frozen features of pseudo-clips: ``python -m ml.emotion.train_temporal --data DIR``.

Goes after ``ml.emotion.train``: takes the best average of its folder, calibrates it, adds the LSTM, writes the weights.
"""

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from ml.emotion import checkpoints
from ml.emotion.calibrate import fit_temperature
from ml.emotion.clips import Clips, make_clips
from ml.emotion.config import EmotionConfig
from ml.emotion.faceset import FaceSet
from ml.emotion.holdout import split
from ml.emotion.layouts import NoSuchData, load_faces
from ml.emotion.network import EmotionNet
from ml.emotion.predict import logits_of
from ml.emotion.recipe import Recipe
from ml.emotion.steadiness import running_mean, steadiness
from ml.emotion.stored import save_network
from ml.emotion.temporal import TemporalState

_LOG = logging.getLogger("ml.emotion.train_temporal")
_BATCH: Final = 32
_RATE: Final = 2e-3
_KEEPS: Final = (0.5, 0.6, 0.7, 0.8)
"""Plain running means to compare with, by the share they keep of the past."""


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 trained and written, 2 no data or no trained network."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    try:
        faces = load_faces(options.data, "training")
        state = checkpoints.load(options.run / "best.pt")
    except (NoSuchData, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    model = _trained(state)
    recipe = Recipe.from_dict(state["recipe"])
    training, held = split(faces, share=recipe.hold_out, seed=recipe.seed)
    logits = logits_of(model, held.images, mirrored=False)
    model.temperature.fill_(fit_temperature(logits, held.labels))
    _LOG.info("temperature %.3f on %d faces held out", float(model.temperature), len(held))
    random = torch.Generator().manual_seed(recipe.seed + 1)
    _fit(model, _see(model, training, options.clips, random), options.epochs, random)
    figures = compare(model, _see(model, held, max(1, options.clips // 4), random))
    facts = {"steps": state["step"], "hold_out_accuracy": float((logits.argmax(1) == held.labels).mean())}
    save_network(model, options.weights, recipe=recipe.to_dict(), steadiness=figures, **facts)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


def compare(model: EmotionNet, seen: "Seen") -> dict[str, Any]:
    """Flicker, lag and accuracy of each frame alone, of plain running means, and of the LSTM."""
    with torch.no_grad():
        divisor = model.temperature
        alone = (seen.logits / divisor).softmax(dim=2)
        followed = (_unroll(model, seen) / divisor).softmax(dim=2)
    means = {f"mean_{keep}": running_mean(alone, keep) for keep in _KEEPS}
    answers = {"alone": alone, "lstm": followed, **means}
    clips = seen.clips
    return {name: asdict(steadiness(p, clips.targets, clips.change, clips.turns)) for name, p in answers.items()}


class Seen:
    """Clips through the frozen trunk: `features` (N, T, F) and `logits` (N, T, 7); the frames are let go."""

    def __init__(self, model: EmotionNet, clips: Clips) -> None:
        self.clips = Clips(clips.frames[:, :0], clips.targets, clips.change, clips.turns)
        flat = clips.frames.flatten(0, 1)
        parts: list[Tensor] = []
        with torch.no_grad():
            for batch in torch.split(flat, 128):
                wide = batch.expand(-1, model.config.channels, -1, -1).contiguous(memory_format=torch.channels_last)
                parts.append(model.features(wide)[0])
        self.features = torch.cat(parts).view(*clips.frames.shape[:2], -1).clone()
        with torch.no_grad():
            self.logits = model.head(self.features)


def _see(model: EmotionNet, faces: FaceSet, count: int, random: torch.Generator) -> Seen:
    stills = torch.from_numpy(faces.images).float().div(255).unsqueeze(1)
    targets = torch.from_numpy(faces.soft_targets())
    return Seen(model, make_clips(stills, targets, count, model.config.input_size, random))


def _unroll(model: EmotionNet, seen: Seen, rows: Tensor | None = None) -> Tensor:
    """(N, T, 7) logits of the clips in `rows` (all when None), each frame in the light of those before."""
    features, logits = (x if rows is None else x[rows] for x in (seen.features, seen.logits))
    state = TemporalState.fresh(len(features), model.config.lstm_size)
    answers: list[Tensor] = []
    for frame in range(features.shape[1]):
        answer, state = model.temporal(features[:, frame], logits[:, frame], state)
        answers.append(answer)
    return torch.stack(answers, dim=1)


def _fit(model: EmotionNet, seen: Seen, epochs: int, random: torch.Generator) -> None:
    """Only the LSTM learns; one-cycle AdamW on the soft cross-entropy of all frames."""
    model.temporal.requires_grad_(requires_grad=True)
    optimiser = torch.optim.AdamW(model.temporal.parameters(), lr=_RATE, weight_decay=0.01)
    batches = len(seen.features) // _BATCH or 1
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=epochs * batches)
    for epoch in range(epochs):
        losses: list[float] = []
        for rows in torch.split(torch.randperm(len(seen.features), generator=random), _BATCH)[:batches]:
            answers = _unroll(model, seen, rows)
            loss = functional.cross_entropy(answers.flatten(0, 1), seen.clips.targets[rows].flatten(0, 1))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
            optimiser.step()
            cycle.step()
            losses.append(float(loss.detach()))
        _LOG.info("epoch %d of %d: loss %.4f", epoch + 1, epochs, sum(losses) / len(losses))


def _trained(state: dict[str, Any]) -> EmotionNet:
    model = EmotionNet(EmotionConfig.from_dict(json.loads(state["config"])))
    model.load_state_dict(state["average"])
    model.eval().requires_grad_(requires_grad=False)
    return model.to(memory_format=torch.channels_last)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.train_temporal", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder in a public layout of FER-2013")
    parser.add_argument("--run", type=Path, default=Path("var/training/emotion"), help="folder of the trained network")
    parser.add_argument("--weights", type=Path, default=Path("var/weights/emotion"), help="where the weights go")
    parser.add_argument("--clips", type=int, default=800)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
