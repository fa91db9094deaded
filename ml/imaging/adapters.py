"""An organisation's own style: a low-rank adapter found by its id, checked, put on and taken off to the bit.

No peft here: an adapter in diffusers' LoRA format is merged into the UNet's weights (W + scale · B A), so that a worker
needs nothing beyond what the base does and a picture takes no longer. The weights it replaced are kept and put back.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ml.weights import shelf

WEIGHTS: Final = "pytorch_lora_weights.safetensors"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DOWN: Final = (".lora.down.weight", ".lora_A.weight")
_UP: Final = {".lora.down.weight": ".lora.up.weight", ".lora_A.weight": ".lora_B.weight"}
_UNREAD: Final = (
    "use_dora", "use_rslora", "use_qalora", "use_bdlora", "alpha_pattern", "rank_pattern", "lora_bias", "kasa_config",
    "monteclora_config", "alora_invocation_tokens", "layer_replication",
)  # fmt: skip
"""Settings of peft (0.21) that change the sum; an adapter that uses one is refused rather than merged wrongly."""
_BEGUN_AS: Final = (True, False, "gaussian", "eva", "orthogonal", "mica")
"""Ways to begin that leave the base's weights alone; after the others an adapter is to be added to a changed base."""


class AdapterUnfit(Exception):
    """Made for another base, or in a form that is not read here. Nothing was changed; retrying won't help."""


class AdapterUnreviewed(Exception):
    """Nobody looked at what it was trained on for what no safety layer here can see. A person has to, and rebuild."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A checked adapter. `label` is id@sha256[:8] of its manifest; `base` the digits of the model it was made for."""

    label: str
    folder: Path
    base: str


def find(root: Path, organisation: str) -> Adapter | None:
    """The adapter in `root/organisation`, checked byte for byte; None where the organisation has none.

    Raises:
        ValueError: no such thing as an organisation's id; it never leads out of `root`.
        WeightsMissing, WeightsAltered: it is not what its manifest names.
        AdapterUnfit: its manifest says nothing of a base.
        AdapterUnreviewed
    """
    if not _ID.fullmatch(organisation):
        raise ValueError("an organisation's id has letters, digits, - and _ alone")
    folder = root / organisation
    if not folder.is_dir():
        return None
    label = shelf.take(organisation, folder=folder).label
    facts: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    if WEIGHTS not in facts["files"] or "base" not in facts:
        raise AdapterUnfit(f"{folder} is no adapter of `python -m ml.imaging.train --stage lora`")
    if facts.get("not_judged", True) and not facts.get("reviewed_by"):
        raise AdapterUnreviewed(f"{label}: nobody looked at its pictures for what no layer here can judge")
    return Adapter(label, folder, str(facts["base"]).rpartition("@")[2])


class Wardrobe:
    """A UNet and the adapter it wears. Not safe for threads; a pipeline has one wardrobe."""

    def __init__(self, unet: nn.Module, base: str) -> None:
        """`base` is the label of the pipeline's weights, name@sha256[:8]."""
        self.wears: Adapter | None = None
        plain = getattr(unet, "_orig_mod", unet)  # torch.compile wraps it; the weights are the same tensors
        self._unet = plain
        self._layers = {name: part for name, part in plain.named_modules() if isinstance(part, nn.Linear | nn.Conv2d)}
        self._base = base.rpartition("@")[2]
        self._own: dict[str, Tensor] = {}

    def wear(self, adapter: Adapter | None) -> None:
        """Put this adapter on in place of the one worn, or take that off (None): then every weight is the base's.

        Raises:
            AdapterUnfit: the UNet then wears none.
        """
        if adapter == self.wears:
            return
        self._take_off()
        if adapter is None:
            return
        if "forward" in vars(self._unet):
            raise AdapterUnfit("the UNet runs in ONNX Runtime, which no adapter reaches")
        if adapter.base != self._base:
            raise AdapterUnfit(f"{adapter.label} was made for the base {adapter.base}, not for {self._base}")
        deltas = read_deltas(adapter.folder / WEIGHTS)
        self._check(adapter, deltas)
        self._put_on(deltas)
        self.wears = adapter

    @torch.no_grad()
    def _put_on(self, deltas: Mapping[str, Tensor]) -> None:
        try:
            for name, delta in deltas.items():
                weight = self._layers[name].weight
                self._own[name] = weight.detach().to("cpu", copy=True)
                merged = weight.float() + delta.to(weight.device)
                weight.copy_(merged.to(weight.dtype))
        except BaseException:
            self._take_off()
            raise

    @torch.no_grad()
    def _take_off(self) -> None:
        for name, own in self._own.items():
            self._layers[name].weight.copy_(own)
        self._own.clear()
        self.wears = None

    def _check(self, adapter: Adapter, deltas: Mapping[str, Tensor]) -> None:
        for name, delta in deltas.items():
            layer = self._layers.get(name)
            if layer is None or layer.weight.shape != delta.shape:
                raise AdapterUnfit(f"{adapter.label} changes {name}, which this UNet does not have in that shape")
            if type(layer.weight.data) is not Tensor:
                raise AdapterUnfit(f"{name} is quantised; adapters go onto floating-point weights alone")
            if not delta.isfinite().all():
                raise AdapterUnfit(f"{adapter.label} adds to {name} what is no number")


def read_deltas(path: Path) -> dict[str, Tensor]:
    """What an adapter adds to each layer of the UNet by name: scale · B A, float32, in the weight's shape.

    The scale is alpha / rank: from a layer's own `.alpha`, else from the settings in the file, else 1.

    Raises:
        AdapterUnfit
    """
    try:
        with safe_open(path, "pt") as file:
            settings = json.loads((file.metadata() or {}).get("lora_adapter_metadata", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 -- no dictionary
    except (SafetensorError, ValueError, OSError) as error:
        raise AdapterUnfit(f"{path.name}: {error}") from error
    unread = [name for name in _UNREAD if settings.get(f"unet.{name}")]
    if settings.get("unet.init_lora_weights", True) not in _BEGUN_AS:
        unread.append(f"init_lora_weights={settings['unet.init_lora_weights']!s:.20}")
    if unread:
        raise AdapterUnfit(f"{path.name} uses {', '.join(unread)}, which is not read here")
    return _deltas(tensors, settings.get("unet.lora_alpha"))


def _deltas(tensors: dict[str, Tensor], alpha: float | None) -> dict[str, Tensor]:
    deltas: dict[str, Tensor] = {}
    for name in [name for name in tensors if name.startswith("unet.") and name.endswith(_DOWN)]:
        end = next(end for end in _DOWN if name.endswith(end))
        layer = name.removesuffix(end)
        down, up = tensors.pop(name).float(), tensors.pop(layer + _UP[end], None)
        if up is None or up.shape[1] != len(down):
            raise AdapterUnfit(f"half of {layer} is missing, or the halves do not fit")
        own = tensors.pop(f"{layer}.alpha", None)
        scale = 1.0 if alpha is None else alpha / len(down)
        scale = scale if own is None else float(own) / len(down)
        deltas[layer.removeprefix("unet.")] = scale * _product(up.float(), down)
    if tensors or not deltas:
        raise AdapterUnfit(f"not read: {', '.join(sorted(tensors)[:3]) or 'an empty file'}")
    return deltas


def _product(up: Tensor, down: Tensor) -> Tensor:
    """(out, in) of a linear layer, or (out, in, kh, kw) of a convolution followed by one of 1×1."""
    if down.ndim == 2:
        return up @ down
    return torch.einsum("or,rihw->oihw", up.flatten(1), down)
