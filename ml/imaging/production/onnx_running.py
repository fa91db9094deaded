"""A pipeline whose three networks run elsewhere than in torch, by the ONNX files that `onnx_files` wrote."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import onnxruntime
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from ml.imaging.production.onnx_files import file_of, networks, write

Part: TypeAlias = Callable[..., Tensor]
"""A network: its inputs in the graph's order → its output."""

NAMES: Final = ("text_encoder", "unet", "vae_decoder")


class OnnxPart:
    """One file in ONNX Runtime on the processor, with as many threads as torch has when it is made."""

    def __init__(self, file: Path) -> None:
        """Reads the file by its name, so that weights beside it are found."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._inputs = [value.name for value in self._session.get_inputs()]

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Contiguous or not; in the dtypes that were exported."""
        named = {name: one.contiguous().numpy() for name, one in zip(self._inputs, inputs, strict=True)}
        [answer] = self._session.run(None, named)
        return torch.from_numpy(answer)


def onnx_parts(folder: Path) -> dict[str, Part]:
    """The three files of a folder by `NAMES`. FileNotFoundError names the first that is missing."""
    files = {name: file_of(folder, name) for name in NAMES}
    for file in files.values():
        if not file.is_file():
            raise FileNotFoundError(f"{file} is missing")
    return {name: OnnxPart(file) for name, file in files.items()}


def move_to_onnx_runtime(pipeline: StableDiffusionPipeline) -> None:
    """From now on the pipeline's networks, as they are, run in ONNX Runtime; their files are gone when this returns."""
    with TemporaryDirectory() as folder:
        for network in networks(pipeline):
            write(network, Path(folder))
        _give(pipeline, onnx_parts(Path(folder)))


def runs_in_torch(pipeline: StableDiffusionPipeline) -> bool:
    """Whether changed weights would show: not while the UNet runs elsewhere."""
    return "forward" not in vars(pipeline.unet)


@contextmanager
def running(pipeline: StableDiffusionPipeline, parts: Mapping[str, Part]) -> Iterator[StableDiffusionPipeline]:
    """Within the block the pipeline's networks are `parts`; after it, its own again."""
    _give(pipeline, parts)
    try:
        yield pipeline
    finally:
        del pipeline.text_encoder.forward, pipeline.unet.forward, pipeline.vae.decode


def _give(pipeline: StableDiffusionPipeline, parts: Mapping[str, Part]) -> None:
    def read(ids: Tensor, **_: Any) -> tuple[Tensor]:
        return (parts["text_encoder"](ids),)

    def denoise(sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor, **_: Any) -> tuple[Tensor]:
        return (parts["unet"](sample, timestep.reshape(1).to(sample.dtype), encoder_hidden_states),)

    def decode(codes: Tensor, **_: Any) -> tuple[Tensor]:
        return (parts["vae_decoder"](codes),)

    pipeline.text_encoder.forward, pipeline.unet.forward, pipeline.vae.decode = read, denoise, decode
