"""Finding a profile's weights on this machine and putting the pipeline together; never the network."""

import inspect
import json
from pathlib import Path
from typing import Any, Final

import diffusers
import torch
from diffusers import DiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from ml.imaging.production import pins
from ml.imaging.production.acceleration import Acceleration, planned
from ml.imaging.production.applying import applied
from ml.imaging.production.cache import cached
from ml.imaging.production.device import device_at
from ml.imaging.production.pruned import pruned_unet
from ml.imaging.production.scheduler import scheduler_for
from ml.imaging.production.warming import warm
from ml.imaging.profiles import Profile
from ml.imaging.weights_name import sealed_name, weights_name

_ASKED: Final = frozenset({"negative_prompt", "num_inference_steps", "guidance_scale", "generator", "output_type",
                           "callback_on_step_end", "height", "width"})  # fmt: skip


class PainterMissing(Exception):
    """The profile's weights are not here. Retrying won't help: fetch them, or name another profile."""


class PainterUnfit(PainterMissing):
    """What is here cannot be asked as the painter asks. Retrying won't help: name another folder."""


def load_pipeline(
    profile: Profile, folder: Path | None, device: str, *, wish: Acceleration | None = None
) -> tuple[DiffusionPipeline, str]:
    """The pipeline on its device, run as the profile (or `wish` in its place) asks, and the name of its weights.

    Raises:
        PainterMissing, WeightsMissing, WeightsAltered, ProfileWrong
        torch.OutOfMemoryError: it does not fit on the device.
    """
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    home = _home(profile, folder)
    name = _checked_name(home, profile, folder)
    plan = planned(wish or profile.acceleration, device_at(device))
    pipeline = _read(home, profile, getattr(torch, plan.dtype))
    pipeline.scheduler = scheduler_for(pipeline.scheduler, profile.scheduler)
    pipeline = applied(pipeline, plan, device)
    if plan.compile:
        warm(pipeline, profile, plan.buckets)
    return pipeline, name


def _read(home: Path, profile: Profile, dtype: torch.dtype) -> DiffusionPipeline:
    """The pipeline in memory. Weights that could run code as they are read are refused: safetensors only."""
    index = json.loads((home / "model_index.json").read_text(encoding="utf-8"))
    kind = _text_to_image(home, index["_class_name"])
    unet = pruned_unet(home, dtype)
    try:
        return kind.from_pretrained(
            home, variant=_variant(home, profile), use_safetensors=True, local_files_only=True, dtype=dtype,
            **_without_checker(index), **({} if unet is None else {"unet": unet}),
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise PainterUnfit(f"{home}: {str(error).splitlines()[0]}") from error


def _text_to_image(home: Path, name: str) -> type[DiffusionPipeline]:
    """The class of diffusers that the folder names; it has to take all that the painter says, and no picture."""
    kind = getattr(diffusers, name, None)
    if not isinstance(kind, type) or not issubclass(kind, DiffusionPipeline):
        raise PainterUnfit(f"{home}: diffusers has no pipeline {name}")
    asked = inspect.signature(kind.__call__).parameters
    if lacking := sorted(_ASKED - asked.keys()):
        raise PainterUnfit(f"{home}: {name} knows no {lacking[0]}")
    if "image" in asked:
        raise PainterUnfit(f"{home}: {name} wants a picture to start from")
    return kind


def _variant(home: Path, profile: Profile) -> str | None:
    """The profile's where the folder has it; a folder of somebody's own may not."""
    has = profile.variant is not None and any(home.glob(f"*/*.{profile.variant}.safetensors"))
    return profile.variant if has else None


def _without_checker(index: dict[str, Any]) -> dict[str, object]:
    """Safety is `ml.safety`'s; the checker that some folders name is not read. Only their pipelines know the words."""
    if "safety_checker" not in index:
        return {}
    return {"safety_checker": None, "requires_safety_checker": False, "feature_extractor": None}


def _checked_name(home: Path, profile: Profile, folder: Path | None) -> str:
    """name@sha256[:8]; what a manifest or the profile names digests of is first compared, byte for byte."""
    if (home / "manifest.json").exists():
        return sealed_name(home, profile.home.name if profile.home else profile.name)
    if folder is None and profile.hub is not None:
        pins.compare(home, profile.sha256, profile.variant)
    return weights_name(home, profile.name)


def _home(profile: Profile, folder: Path | None) -> Path:
    """The folder given and no other; without one, the folder that ships, else the hub's local cache."""
    local = folder or profile.home
    if local is not None and (local / "model_index.json").exists():
        return local
    if folder is not None:
        raise PainterMissing(f"no pipeline in {folder}")
    if profile.hub is None:
        raise PainterMissing(
            f"no pipeline in {local}" if local else f"{profile.name} has no weights: name their folder"
        )
    found = cached(profile)
    if found is None:
        raise PainterMissing(f"{profile.hub} is not in the local cache, which alone is looked at: "
                             f"manage.py fetch_models {profile.name}")  # fmt: skip
    return found
