"""Prunes a pipeline's UNet, trains it on for a while and says what that cost and saved, as one line of JSON:
``python -m ml.imaging.production.recover --folder DIR --out DIR [--share S] [--minutes M] [--resume]``."""

import argparse
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from safetensors import safe_open

from ml.imaging.loading import PainterMissing, load_pipeline
from ml.imaging.production import pruned as stored
from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.beside import Asking, grey_levels, milliseconds, painted
from ml.imaging.production.onnx_files import networks
from ml.imaging.production.prune import pruned
from ml.imaging.production.recovering import Recovery, lessons
from ml.imaging.profiles import Profile, profile_at
from ml.imaging.reviewed import review_of
from ml.weights import shelf

_MIB: Final = 2**20
_WEIGHTS: Final = "diffusion_pytorch_model.safetensors"


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 2 wrong use (no pipeline, no such profile, the share of nothing or all)."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    if not 0 < options.share < 1:
        sys.stderr.write("--share more than 0 and less than 1\n")
        return 2
    try:
        one = profile_at(options.profile, options.folder)
        pipeline, _ = load_pipeline(replace(one, acceleration=Acceleration()), options.folder, "cpu")
    except (PainterMissing, shelf.WeightsMissing, shelf.WeightsAltered, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(recover(pipeline, one, options)) + "\n")
    return 0


def recover(pipeline: StableDiffusionPipeline, one: Profile, options: argparse.Namespace) -> dict[str, Any]:
    """Write the recovered pipeline to `options.out` and measure it beside the whole and the merely pruned one."""
    smaller, widths = pruned(pipeline.unet, options.share)
    recovery = Recovery(pipeline, smaller, lessons(pipeline, one.size, options.scenes, options.seed), options.rate)
    asking = Asking(one.steps, one.guidance, one.size, options.pictures)
    whole = pipeline.unet
    expected, _ = painted(pipeline, asking)
    rows = {"whole": _row(pipeline, recovery, asking, expected)}
    pipeline.unet = pruned(whole, options.share)[0].eval()
    rows["pruned"] = _row(pipeline, recovery, asking, expected)
    recovery.run(options.out.with_name(f"{options.out.name}.pt"), options.minutes, options.seed, resume=options.resume)
    pipeline.unet = recovery.recovered()
    rows["recovered"] = _row(pipeline, recovery, asking, expected)
    _write(pipeline.unet, widths, options)
    return {"share": options.share, "steps": recovery.step, "minutes": options.minutes, **rows}


def _row(pipeline: StableDiffusionPipeline, recovery: Recovery, asking: Asking, expected: Any) -> dict[str, float]:
    [network] = [network for network in networks(pipeline) if network.name == "unet"]
    pictures, ms = painted(pipeline, asking)
    with torch.inference_mode():
        unet_ms = milliseconds(lambda: network.module(*network.inputs.values()), asking.rounds)
    parameters = sum(parameter.numel() for parameter in pipeline.unet.parameters())
    facts = {"parameters": parameters, "unet_cpu_ms": unet_ms, "picture_cpu_ms": ms}
    return facts | {"apart": recovery.apart(pipeline.unet)} | grey_levels(expected, pictures)


def _write(unet: UNet2DConditionModel, widths: stored.Widths, options: argparse.Namespace) -> None:
    """The pipeline's folder with the narrower UNet, in the precision in which the whole one was stored."""
    shutil.copytree(options.folder, options.out, ignore=shutil.ignore_patterns("unet"), dirs_exist_ok=True)
    with safe_open(options.folder / "unet" / _WEIGHTS, "pt") as file:
        dtype = file.get_tensor(next(iter(file.keys()))).dtype
    stored.save(unet.to(dtype), widths, options.out / "unet")
    shelf.seal(options.out, pruned=options.share, **review_of(options.folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.production.recover", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="a Stable Diffusion pipeline of diffusers")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the pipeline with the narrower UNet")
    parser.add_argument("--share", type=float, default=0.25, help="of the inside of each block to leave out")
    parser.add_argument("--minutes", type=float, default=20.0, help="of the processor, for training after it")
    parser.add_argument("--rate", type=float, default=4e-4, help="the highest learning rate of it")
    parser.add_argument("--scenes", type=int, default=2000, help="rendered to train on")
    parser.add_argument("--pictures", type=int, default=4, help="painted to compare")
    parser.add_argument("--profile", default="embedded", help="how it is asked (steps, guidance, size)")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint beside --out")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
