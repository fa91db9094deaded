"""The model that is tuned: found on this machine, named by its bytes, put together in single precision."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
from transformers.utils import logging as transformers_logging

from ml.imaging.production import pins
from ml.imaging.production.cache import cached
from ml.imaging.profiles import Profile, knows_the_same_words, profiles
from ml.imaging.weights_name import sealed_name, weights_name


class BaseMissing(Exception):
    """No such model on this machine; the network is not asked."""


@dataclass(frozen=True, slots=True)
class Base:
    """Where a model lies and what it is.

    Attributes:
        label: name@sha256[:8], as `ml.imaging.loading` names it.
        reads: "scenes" where it understands the words of `ml.scenes.words` alone, as what ships does.
    """

    folder: Path
    label: str
    reads: Literal["scenes", "text"]

    @property
    def digest(self) -> str:
        """The label's eight digits, whatever a profile calls the model."""
        return self.label.rpartition("@")[2]

    def load(self) -> StableDiffusionPipeline:
        """The pipeline on the CPU, single precision."""
        diffusers_logging.disable_progress_bar()
        transformers_logging.disable_progress_bar()
        files = (self.folder / "unet").glob("*.safetensors")
        whole = any(not path.stem.endswith(".fp16") for path in files)
        pipeline = StableDiffusionPipeline.from_pretrained(
            self.folder, safety_checker=None, requires_safety_checker=False, feature_extractor=None,
            local_files_only=True, variant=None if whole else "fp16", dtype=torch.float32,
        )  # fmt: skip
        pipeline.set_progress_bar_config(disable=True)
        return pipeline


def find_base(name: str) -> Base:
    """A folder, a profile's name, or a hub id that lies in the local cache.

    Raises:
        BaseMissing
        WeightsMissing, WeightsAltered: it has a manifest or a profile's digests, and is not what they say.
    """
    folder = _folder(name)
    if not (folder / "model_index.json").is_file():
        raise BaseMissing(f"no pipeline in {folder}")
    sealed = (folder / "manifest.json").exists()
    label = sealed_name(folder, "painter") if sealed else weights_name(folder, folder.name)
    return Base(folder, label, _reads(folder))


def _reads(folder: Path) -> Literal["scenes", "text"]:
    """As the profile of what ships with the same words does: in its place, this one is asked in the same way."""
    alike = (one for one in profiles().values() if one.home is not None and knows_the_same_words(folder, one.home))
    return next((one.reads for one in alike), "text")


def _folder(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    known = profiles().get(name)
    if known is not None:
        return known.home or _fetched(known)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise BaseMissing(f"{name} is no folder, no profile, and not in the local cache") from error


def _fetched(known: Profile) -> Path:
    """The files of a profile's model that `manage.py fetch_models` fetches, checked as they are before it paints."""
    if known.hub is None:
        raise BaseMissing(f"{known.name} has no weights of its own: name their folder")
    folder = cached(known)
    if folder is None:
        raise BaseMissing(f"{known.hub} is not in the local cache: manage.py fetch_models {known.name}")
    pins.compare(folder, known.sha256, known.variant)
    return folder
