"""What a picture shows, as the probe reads it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.pictures import as_tensor, standard
from ml.imaging.probe.stored import load_probe
from ml.imaging.training.dataset import VOCABULARIES
from ml.scenes.captions import ATTRIBUTES

WORDS: Final = dict(zip(ATTRIBUTES, VOCABULARIES, strict=True))


@dataclass(frozen=True)
class Reading:
    """Attribute to (N, words) probabilities, columns in the order of `ml.scenes.spec`.

    They are the network's own; nobody compared them with how often it is right.
    """

    probabilities: dict[str, npt.NDArray[np.float32]]

    def words(self, row: int) -> dict[str, str]:
        """The likeliest word of each attribute."""
        return {name: WORDS[name][int(values[row].argmax())] for name, values in self.probabilities.items()}

    def probability(self, row: int, name: str, word: str) -> float:
        """How probable it finds that a word holds; in [0, 1]. Raises ValueError for a word that it does not know."""
        return float(self.probabilities[name][row, WORDS[name].index(word)])


class Probe:
    """A loaded network. `label` is name@sha256[:8] of its weights."""

    def __init__(self, net: ProbeNet, label: str) -> None:
        """Use `load`; this is for networks built in memory."""
        self.label, self._net = label, net.eval()

    @classmethod
    def load(cls, folder: Path | None = None) -> "Probe":
        """From `folder`, else the weights that ship. Raises WeightsMissing, WeightsAltered, ProbeOutdated."""
        return cls(*load_probe(folder))

    @torch.inference_mode()
    def read(self, pixels: npt.NDArray[np.uint8]) -> Reading:
        """Read (N, H, W, 3) RGB bytes of any one size; they are looked at in 128 x 128."""
        scores = self._net(standard(as_tensor(pixels)))
        return Reading({name: values.softmax(dim=1).numpy() for name, values in scores.items()})
