"""TensorRT engines from ONNX: ``python -m ml.imaging.production.tensorrt_engine --folder DIR --onnx DIR --out DIR``.

Written against TensorRT 10's interface. No machine here has it, so that nothing in this file but its errors has run.
"""

import argparse
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from ml.imaging.loading import PainterMissing, load_pipeline
from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.beside import Asking
from ml.imaging.production.blank import PaintsBlank, refuse_blank
from ml.imaging.production.engine_shapes import Shapes, shapes_of
from ml.imaging.production.onnx_files import file_of, networks
from ml.imaging.production.onnx_running import Part
from ml.imaging.profiles import Profile, profile_at
from ml.weights.shelf import WeightsAltered, WeightsMissing

_WORKSPACE: Final = 4 << 30
_DTYPES: Final = {"FLOAT": torch.float32, "HALF": torch.float16, "INT64": torch.int64, "INT32": torch.int32}


class TensorRTAbsent(Exception):
    """TensorRT is not installed. Retrying won't help: it needs an NVIDIA GPU and `pip install tensorrt`."""


class BuildFailed(Exception):
    """TensorRT could not read a file or found no way to run it; the line says what it said."""


def _tensorrt() -> Any:
    try:
        return import_module("tensorrt")
    except ImportError as error:
        raise TensorRTAbsent("tensorrt is not installed, and nothing else can build its engines") from error


def build(file: Path, out: Path, shapes: dict[str, Shapes], *, half: bool) -> Path:
    """Write the engine of one ONNX file. It runs on this kind of GPU and version of TensorRT only.

    Raises:
        TensorRTAbsent, BuildFailed
    """
    trt = _tensorrt()
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(str(file)):
        raise BuildFailed(f"{file}: {parser.get_error(0)}")
    config, profile = builder.create_builder_config(), builder.create_optimization_profile()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, _WORKSPACE)
    if half:
        config.set_flag(trt.BuilderFlag.FP16)
    for name, (least, usual, most) in shapes.items():
        profile.set_shape(name, least, usual, most)
    config.add_optimization_profile(profile)
    engine = builder.build_serialized_network(network, config)
    if engine is None:
        raise BuildFailed(f"{file}: TensorRT found no way to run it")
    out.write_bytes(bytes(engine))
    return out


class EnginePart:
    """An engine as a function of CPU tensors, as `running` wants it; one call at a time."""

    def __init__(self, file: Path) -> None:
        trt = _tensorrt()
        self._runtime = trt.Runtime(trt.Logger(trt.Logger.WARNING))
        self._engine = self._runtime.deserialize_cuda_engine(file.read_bytes())
        self._context = self._engine.create_execution_context()
        names = [self._engine.get_tensor_name(index) for index in range(self._engine.num_io_tensors)]
        is_input = [self._engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT for name in names]
        self._inputs = [name for name, read in zip(names, is_input, strict=True) if read]
        [self._output] = [name for name, read in zip(names, is_input, strict=True) if not read]

    def __call__(self, *inputs: Tensor) -> Tensor:
        held = [self._bound(name, one) for name, one in zip(self._inputs, inputs, strict=True)]
        shape = tuple(self._context.get_tensor_shape(self._output))
        answer = torch.empty(shape, dtype=self._dtype(self._output), device="cuda")
        self._context.set_tensor_address(self._output, answer.data_ptr())
        stream = torch.cuda.current_stream()
        if not self._context.execute_async_v3(stream.cuda_stream):
            raise BuildFailed("TensorRT did not run the engine")
        stream.synchronize()
        del held
        return answer.float().cpu()

    def _bound(self, name: str, value: Tensor) -> Tensor:
        on_gpu = value.to("cuda", self._dtype(name)).contiguous()
        self._context.set_input_shape(name, tuple(on_gpu.shape))
        self._context.set_tensor_address(name, on_gpu.data_ptr())
        return on_gpu

    def _dtype(self, name: str) -> torch.dtype:
        return _DTYPES[self._engine.get_tensor_dtype(name).name]


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 built and paints, 1 not (no TensorRT, a failed build, blank pictures), 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        one = profile_at(options.profile, options.folder)
        pipeline, _ = load_pipeline(replace(one, acceleration=Acceleration()), options.folder, "cpu")
        parts = _built(pipeline, one, options)
        refuse_blank(pipeline, parts, Asking(one.steps, one.guidance, one.size))
    except (TensorRTAbsent, BuildFailed, PaintsBlank) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (PainterMissing, WeightsMissing, WeightsAltered, LookupError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _built(pipeline: StableDiffusionPipeline, one: Profile, options: argparse.Namespace) -> dict[str, Part]:
    options.out.mkdir(parents=True, exist_ok=True)
    side, guided = one.size // pipeline.vae_scale_factor, one.guidance > 1
    parts: dict[str, Part] = {}
    for network in networks(pipeline):
        shapes = shapes_of(network, side, options.batch, guided=guided)
        file = build(
            file_of(options.onnx, network.name), options.out / f"{network.name}.engine", shapes, half=options.half
        )
        parts[network.name] = EnginePart(file)
    return parts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.production.tensorrt_engine", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the pipeline, for its scheduler and tokenizer")
    parser.add_argument("--onnx", type=Path, required=True, help="what ml.imaging.production.export wrote")
    parser.add_argument("--out", type=Path, required=True, help="where the engines go")
    parser.add_argument("--profile", default="sd21", help="how it is asked (steps, guidance, size)")
    parser.add_argument("--batch", type=int, default=8, help="the largest batch of pictures")
    parser.add_argument("--half", action="store_true", help="float16 where TensorRT finds it quicker")
    return parser


if __name__ == "__main__":
    sys.exit(main())
