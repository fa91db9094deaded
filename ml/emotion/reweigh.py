"""Tries whether dark faces read better when they count as much as bright ones: ``python -m ml.emotion.reweigh``.

The last layer is fitted anew on frozen features twice, once with each face counting alike and once with each band of
brightness and each emotion in it counting alike, and both are read on the hold-out. What ships stays as it is; the
outcome stands in the model card.
"""

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ml.emotion.abstain import Bar
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.layouts import NoSuchData
from ml.emotion.measuring.brightness import band_of, by_brightness, skin_brightness
from ml.emotion.measuring.metrics import report
from ml.emotion.measuring.predict import features_of
from ml.emotion.training.trained import open_run

_MOST: Final = 5.0
"""Times the average: a face that counted more, of a band with ten disgusted faces, would be learned by heart."""
_DECAY: Final = 1e-3
_STEPS: Final = 60


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 tried and printed, 2 no data or no trained network."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    try:
        run = open_run(options.run, options.data)
    except (NoSuchData, FileNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    model, training, held = run.model, run.training, run.held
    seen, asked = features_of(model, training.images), features_of(model, held.images)
    targets = torch.from_numpy(training.soft_targets())
    even = np.ones(len(training), np.float32)
    answer = {
        name: on_hold_out(fit_head(seen, targets, torch.from_numpy(weights)), asked, held)
        for name, weights in (("alike", even), ("reweighted", weights_by_band(training)))
    }
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0


def weights_by_band(faces: FaceSet) -> NDArray[np.float32]:
    """(N,) weights of mean 1 that let each band's emotions count alike, none above five times the average."""
    cells = band_of(skin_brightness(faces.images)) * 7 + faces.labels
    counts = np.bincount(cells)
    weights = 1 / counts[cells]
    weights = np.minimum(weights / weights.mean(), _MOST)
    balanced: NDArray[np.float32] = (weights / weights.mean()).astype(np.float32)
    return balanced


def fit_head(features: Tensor, targets: Tensor, weights: Tensor) -> torch.nn.Linear:
    """Softmax regression of (N, F) features to (N, 7) targets under (N,) weights, by L-BFGS with a little decay."""
    head = torch.nn.Linear(features.shape[1], targets.shape[1])
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimiser = torch.optim.LBFGS(head.parameters(), max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        each = functional.cross_entropy(head(features), targets, reduction="none")
        loss = (each * weights).mean() + _DECAY * head.weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]  # as above
    return head


@torch.no_grad()
def on_hold_out(head: torch.nn.Linear, features: Tensor, held: FaceSet) -> dict[str, Any]:
    """`majority`: against FER+'s voters, of the `voted` faces with a clear majority; None where there is none."""
    probabilities, bar = head(features).softmax(dim=1).numpy(), Bar().least_confidence
    overall, majority = report(probabilities, held.labels, bar=bar), held.majority()
    clear = majority >= 0
    agreed = probabilities[clear].argmax(axis=1) == majority[clear]
    return {
        "accuracy": overall["accuracy"],
        "macro_f1": overall["macro_f1"],
        "majority": float(agreed.mean()) if clear.any() else None,
        "voted": int(clear.sum()),
        "bands": by_brightness(probabilities, held.labels, held.images, bar=bar),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.reweigh", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder in a public layout of FER-2013")
    parser.add_argument("--run", type=Path, default=Path("var/training/emotion"), help="folder of the trained network")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
