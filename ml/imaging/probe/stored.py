"""The probe's weights on disk: half precision, sealed by a manifest, with the words that its answers mean."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from ml.imaging.probe.network import SIDE, ProbeNet
from ml.imaging.training.dataset import VOCABULARIES
from ml.scenes.captions import ATTRIBUTES
from ml.weights import shelf

_CONFIG, _MODEL = "config.json", "model.safetensors"


class ProbeOutdated(Exception):
    """The weights answer in other words than the scenes have today: train anew. Retrying won't help."""


def save_probe(net: ProbeNet, folder: Path, *, steps: int, minutes: float) -> None:
    """Write the weights and their manifest, which also says how long they were trained."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: _stored(value) for name, value in net.state_dict().items()}
    save_file(tensors, folder / _MODEL)
    config = {"side": SIDE, "widths": net.widths, "words": _words()}
    (folder / _CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (folder / _MODEL).chmod(0o644)
    shelf.seal(folder, trained={"minutes": minutes, "steps": steps})


def load_probe(folder: Path | None = None) -> tuple[ProbeNet, str]:
    """The network ready for use and the name of its weights; from `folder` when given, else those that ship.

    Raises:
        WeightsMissing, WeightsAltered, ProbeOutdated
    """
    weights = shelf.take("probe", folder=folder)
    config = json.loads(weights.file(_CONFIG).read_text(encoding="utf-8"))
    if config["words"] != _words() or config["side"] != SIDE:
        raise ProbeOutdated("the probe was trained on other attributes")
    net = ProbeNet(tuple(config["widths"]))
    net.load_state_dict({name: value.float() for name, value in load_file(weights.file(_MODEL)).items()}, strict=False)
    return net.eval(), weights.label


def _words() -> dict[str, list[str]]:
    return {name: list(words) for name, words in zip(ATTRIBUTES, VOCABULARIES, strict=True)}


def _stored(value: torch.Tensor) -> torch.Tensor:
    """Half precision for kernels; what the norms hold stays as it is, being small and wide in range."""
    return (value.half() if value.ndim > 1 else value).contiguous()
