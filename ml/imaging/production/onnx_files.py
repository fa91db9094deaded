"""Writes a pipeline's three networks as ONNX files, for ONNX Runtime and for TensorRT to build from."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from torch import Tensor, nn
from torch.jit._trace import TracerWarning

OPSET: Final = 18
_BATCH: Final = 2
"""Of the examples that are traced; not 1, which exporters take for a size that never differs."""


@dataclass(frozen=True, slots=True)
class Network:
    """One of the three, as a function of tensors, with example inputs.

    Attributes:
        inputs: name → example; the names are the graph's.
        axes: name → {axis: name of a size that may differ from call to call}.
    """

    name: str
    module: nn.Module
    inputs: dict[str, Tensor]
    output: str
    axes: dict[str, dict[int, str]]


class _Text(nn.Module):
    """(B, T) int64 token ids → (B, T, H) states."""

    def __init__(self, text: nn.Module) -> None:
        super().__init__()
        self.text = text

    def forward(self, ids: Tensor) -> Tensor:
        states: Tensor = self.text(ids)[0]
        return states


class _UNet(nn.Module):
    """(B, C, h, w) codes, (1,) timestep, (B, T, H) states → (B, C, h, w)."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, sample: Tensor, timestep: Tensor, states: Tensor) -> Tensor:
        answer: Tensor = self.unet(sample, timestep, encoder_hidden_states=states, return_dict=False)[0]
        return answer


class _Decoder(nn.Module):
    """(B, C, h, w) codes, already divided by the scaling factor → (B, 3, H, W) in [-1, 1]."""

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, codes: Tensor) -> Tensor:
        pixels: Tensor = self.vae.decode(codes, return_dict=False)[0]
        return pixels


def networks(pipeline: StableDiffusionPipeline) -> list[Network]:
    """Text encoder, UNet and VAE decoder of a pipeline in single precision on a processor, with seeded examples."""
    chance = torch.Generator().manual_seed(0)
    unet, tokens = pipeline.unet.config, pipeline.tokenizer.model_max_length
    ids = torch.randint(0, pipeline.text_encoder.config.vocab_size, (_BATCH, tokens), generator=chance)
    codes = torch.randn(_BATCH, unet.in_channels, unet.sample_size, unet.sample_size, generator=chance)
    states = torch.randn(_BATCH, tokens, unet.cross_attention_dim, generator=chance)
    batch, area = {0: "B"}, {0: "B", 2: "h", 3: "w"}
    unet_inputs = {"sample": codes, "timestep": torch.tensor([501.0]), "states": states}
    return [
        Network("text_encoder", _Text(pipeline.text_encoder), {"ids": ids}, "states", {"ids": batch, "states": batch}),
        Network("unet", _UNet(pipeline.unet), unet_inputs, "answer", {"sample": area, "states": batch, "answer": area}),
        Network("vae_decoder", _Decoder(pipeline.vae), {"codes": codes}, "pixels", {"codes": area, "pixels": area}),
    ]


def write(network: Network, folder: Path) -> Path:
    """`file_of` it; beyond 2 GiB the exporter puts the weights into files beside it."""
    file = file_of(folder, network.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    with torch.inference_mode(), _quiet_tracing():
        torch.onnx.export(
            network.module.eval(), tuple(network.inputs.values()), file, dynamo=False, opset_version=OPSET,
            input_names=list(network.inputs), output_names=[network.output], dynamic_axes=network.axes,
        )  # fmt: skip
    return file


def file_of(folder: Path, name: str) -> Path:
    """A folder for each network, since what lies beside a graph may be its weights."""
    return folder / name / "model.onnx"


def size_of(folder: Path, name: str) -> int:
    """Bytes of a network's graph and weights."""
    return sum(file.stat().st_size for file in file_of(folder, name).parent.iterdir())


@contextmanager
def _quiet_tracing() -> Iterator[None]:
    """The tracer warns of checks on shapes in the libraries' code, which stay true for the sizes that are dynamic here;
    the exporter without `onnxscript` is deprecated, and the one that we have."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TracerWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
