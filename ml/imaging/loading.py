"""Finding a profile's weights on this machine and putting the pipeline together; never the network."""

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from transformers.utils import logging as transformers_logging

from ml.imaging.profiles import Profile
from ml.imaging.weights_name import weights_name
from ml.weights import shelf


class PainterMissing(Exception):
    """The profile's weights are not here. Retrying won't help: fetch them, or name another profile."""


def load_pipeline(profile: Profile, folder: Path | None, device: str) -> tuple[StableDiffusionPipeline, str]:
    """The pipeline on its device, and the name of its weights.

    Half precision on a GPU, single on a CPU.

    Raises:
        PainterMissing, WeightsAltered
    """
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    home = _home(profile, folder)
    name = _checked_name(home, profile)
    pipeline = StableDiffusionPipeline.from_pretrained(
        home, safety_checker=None, requires_safety_checker=False, feature_extractor=None, local_files_only=True,
        dtype=torch.float16 if device.startswith("cuda") else torch.float32,
    )  # fmt: skip
    return pipeline.to(device), name


def _checked_name(home: Path, profile: Profile) -> str:
    """name@sha256[:8]; a folder with a manifest is first compared with it, byte for byte."""
    if (home / "manifest.json").exists():
        return shelf.take("painter", folder=home).label
    return weights_name(home, profile.name)


def _home(profile: Profile, folder: Path | None) -> Path:
    """The folder given and no other; without one, the folder that ships, else the hub's local cache."""
    local = folder or profile.home
    if local is not None and (local / "model_index.json").exists():
        return local
    if folder is not None or profile.hub is None:
        raise PainterMissing(f"no pipeline in {local}")
    return _cached(profile.hub, profile.revision)


def _cached(hub: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub, revision=revision, local_files_only=True))
    except LocalEntryNotFoundError as missing:
        raise PainterMissing(f"{hub} is not in the local cache, which alone is looked at") from missing
