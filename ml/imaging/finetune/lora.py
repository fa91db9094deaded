"""Low-rank adapters (Hu et al., 2022) by peft, saved as diffusers saves them. The one door to `peft`."""

from pathlib import Path
from typing import Final

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

from ml.imaging.training.budget import trainable

_ATTENTION: Final = ("to_q", "to_k", "to_v", "to_out.0")
TARGETS: Final = {
    "attention": _ATTENTION,
    "all": (*_ATTENTION, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2", "conv1", "conv2", "conv_shortcut"),
}
"""Which layers get an adapter: those of the attention, as is usual; or those between too, which a small model needs."""


def add_lora(unet: UNet2DConditionModel, rank: int, targets: str, seed: int) -> None:
    """Freeze the UNet and put adapters into it that change nothing yet; alpha equals the rank, so their scale is 1."""
    unet.requires_grad_(requires_grad=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        chosen = list(TARGETS[targets])
        unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=chosen))
    for parameter in trainable(unet):
        parameter.data = parameter.data.float()


def save_lora(unet: UNet2DConditionModel, folder: Path) -> None:
    """Write `pytorch_lora_weights.safetensors`, which `ml.imaging.adapters` and diffusers' own loader read."""
    weights = get_peft_model_state_dict(unet)  # in peft's names: converted ones beside them are not all read back
    settings = next(iter(unet.peft_config.values())).to_dict()
    settings["target_modules"] = sorted(settings["target_modules"])  # a set: its order would change the file's digest
    StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=weights, unet_lora_adapter_metadata=settings)
