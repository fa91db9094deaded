"""Brings a pipeline to its device, run as a plan says."""

import inspect
import logging
from importlib import import_module
from typing import Final

import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline

from ml.imaging.production.acceleration import Plan
from ml.imaging.production.device import numbered
from ml.imaging.production.onnx_running import move_to_onnx_runtime

_LOG = logging.getLogger(__name__)
_SDPA: Final = "scaled_dot_product_attention"


def limit_memory(plan: Plan, device: str) -> None:
    """Before anything lies on the device: beyond its share this process gets torch.OutOfMemoryError, not memory."""
    if plan.memory_share is not None:
        torch.cuda.set_per_process_memory_fraction(plan.memory_share, numbered(device))


def applied(pipeline: DiffusionPipeline, plan: Plan, device: str) -> DiffusionPipeline:
    """The pipeline on its device. It already has the plan's dtype: weights are read in it, never all in another first.

    Raises:
        torch.OutOfMemoryError: it does not fit, or not within the plan's share.
    """
    for line in plan.left_out:
        _LOG.info("%s", line)
    limit_memory(plan, device)
    pipeline = pipeline.to(device)
    for part in (network(pipeline), pipeline.vae):
        if plan.channels_last:
            part.to(memory_format=torch.channels_last)
    _decode_in_parts(pipeline, plan)
    if plan.int8:
        _int8(network(pipeline))
    if plan.compile:
        _compile(pipeline)
    if plan.onnx:
        _onnx(pipeline)
    return pipeline


def _decode_in_parts(pipeline: DiffusionPipeline, plan: Plan) -> None:
    """Tiles for pictures too large to decode at once, slices for batches: less memory, hardly more time."""
    if plan.vae_tiling:
        pipeline.vae.enable_tiling()
    if plan.vae_slicing:
        pipeline.vae.enable_slicing()


def network(pipeline: DiffusionPipeline) -> torch.nn.Module:
    """What denoises: a UNet, or a transformer in newer pipelines."""
    found: torch.nn.Module = pipeline.unet if hasattr(pipeline, "unet") else pipeline.transformer
    return found


def attends_by_sdpa(pipeline: DiffusionPipeline) -> bool:
    """Whether all attention goes through torch's fused kernels, as diffusers' classes do unless told otherwise."""
    processors = list(getattr(network(pipeline), "attn_processors", {}).values())
    return bool(processors) and all(_SDPA in inspect.getsource(type(one)) for one in processors)


def _onnx(pipeline: DiffusionPipeline) -> None:
    if type(pipeline) is not StableDiffusionPipeline:
        _LOG.info("onnx: %s is not written down as ONNX here; torch runs it", type(pipeline).__name__)
        return
    move_to_onnx_runtime(pipeline)


def _int8(denoiser: torch.nn.Module) -> None:
    """Linear layers' weights in int8, arithmetic in the plan's dtype. Eager, it saves memory rather than time."""
    quantization = import_module("torchao.quantization")
    quantization.quantize_(denoiser, quantization.Int8WeightOnlyConfig())


def _compile(pipeline: DiffusionPipeline) -> None:
    """In place and per shape: each new batch size or side compiles once more, which takes a minute on a GPU.

    Call `warming.warm` before anybody waits.
    """
    network(pipeline).compile(dynamic=False)
    pipeline.vae.decoder.compile(dynamic=False)
