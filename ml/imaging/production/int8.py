"""Puts an exported UNet's weights into int8 and measures what that costs and saves, as one line of JSON:
``python -m ml.imaging.production.int8 --folder DIR --onnx DIR --out DIR [--convolutions]``."""

import argparse
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch

from ml.imaging.loading import PainterMissing, load_pipeline
from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.beside import Asking, grey_levels, milliseconds, painted
from ml.imaging.production.onnx_files import file_of, networks, size_of
from ml.imaging.production.onnx_running import NAMES, onnx_parts, running
from ml.imaging.profiles import Profile, profile_at
from ml.weights.shelf import WeightsAltered, WeightsMissing

_MIB: Final = 2**20
_LINEAR: Final = ["MatMul", "Gemm"]
_UNET: Final = "unet"


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 measured, 2 wrong use (no pipeline, no ONNX files)."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        one = profile_at(options.profile, options.folder)
        quantize(options.onnx, options.out, convolutions=options.convolutions)
        report = measure(one, options.folder, options.onnx, options.out, options.pictures)
    except (PainterMissing, WeightsMissing, WeightsAltered, LookupError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps({"convolutions": options.convolutions} | report) + "\n")
    return 0


def quantize(onnx: Path, out: Path, *, convolutions: bool) -> None:
    """All three networks in `out`, the UNet's weights in int8: its linear layers', or also its convolutions'.

    Activations are put into int8 as they come ("dynamic"), so that no pictures are needed to calibrate.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    for name in NAMES:
        shutil.copytree(file_of(onnx, name).parent, file_of(out, name).parent, dirs_exist_ok=True)
    # Unsigned where convolutions are in: ONNX Runtime's ConvInteger takes no signed weights on a processor.
    kind, operators = (QuantType.QUInt8, [*_LINEAR, "Conv"]) if convolutions else (QuantType.QInt8, _LINEAR)
    quantize_dynamic(
        file_of(onnx, _UNET), file_of(out, _UNET), op_types_to_quantize=operators, weight_type=kind, per_channel=False
    )


def measure(one: Profile, folder: Path, onnx: Path, out: Path, pictures: int) -> dict[str, Any]:
    """Size, time and pictures before and after, both in ONNX Runtime."""
    pipeline, model = load_pipeline(replace(one, acceleration=Acceleration()), folder, "cpu")
    asking, inputs = Asking(one.steps, one.guidance, one.size, pictures), _inputs(pipeline)
    rows, found = dict[str, Any](), list[Any]()
    for name, place in (("before", onnx), ("after", out)):
        parts = onnx_parts(place)
        with running(pipeline, parts):
            painted_by, ms = painted(pipeline, asking)
        unet_ms = milliseconds(lambda unet=parts[_UNET]: unet(*inputs), asking.rounds)  # type: ignore[misc]
        mib = round(size_of(place, _UNET) / _MIB, 2)
        rows[name] = {"unet_mib": mib, "unet_cpu_ms": unet_ms, "picture_cpu_ms": ms}
        found.append(painted_by)
    return {"model": model, "threads": torch.get_num_threads(), "pictures": pictures, **rows, **grey_levels(*found)}


def _inputs(pipeline: Any) -> tuple[torch.Tensor, ...]:
    [unet] = [network for network in networks(pipeline) if network.name == _UNET]
    return tuple(unet.inputs.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.production.int8", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="a Stable Diffusion pipeline of diffusers")
    parser.add_argument("--onnx", type=Path, required=True, help="what ml.imaging.production.export wrote")
    parser.add_argument("--out", type=Path, required=True, help="where the three networks go, the UNet in int8")
    parser.add_argument("--convolutions", action="store_true", help="not only linear layers")
    parser.add_argument("--profile", default="embedded", help="how it is asked (steps, guidance, size)")
    parser.add_argument("--pictures", type=int, default=8, help="how many are painted both ways")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
