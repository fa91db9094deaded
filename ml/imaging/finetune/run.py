"""Stages `lora` and `full`: from a data set and a base to an adapter, or to a whole pipeline of its own."""

import argparse
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch

from ml.imaging.finetune.base import Base, find_base
from ml.imaging.finetune.lessons import encode
from ml.imaging.finetune.lora import add_lora, save_lora
from ml.imaging.finetune.memory import peak_bytes, peak_of, start_watching
from ml.imaging.finetune.objective import objective_of
from ml.imaging.finetune.pictures import Pictures, open_pictures
from ml.imaging.finetune.settings import Settings, settings_of
from ml.imaging.finetune.trainer import HALVES, Trainer
from ml.imaging.reviewed import review_of, upon
from ml.imaging.training.budget import load_checkpoint, save_checkpoint
from ml.weights import shelf

_SAY_EVERY_S: Final = 15.0
log = logging.getLogger(__name__)


class OtherRun(Exception):
    """The folder holds another run. Resume it with its own settings, or name another folder."""


def finetune(options: argparse.Namespace) -> Path:
    """Train and write `out/adapter` or `out/pipeline`, sealed by a manifest that says of what and how; returns it.

    Raises:
        ValueError, NoSuchPictures, BaseMissing, BaseUnfit, OtherRun, WeightsMissing, WeightsAltered
    """
    settings, out = settings_of(options), options.out
    base, pictures = find_base(options.base), open_pictures(options.data)
    identity = {**asdict(settings), "base": base.digest, "data": pictures.label}
    before = _earlier(out / "checkpoint.pt", identity, resume=options.resume)
    trainer = prepare(base, pictures, settings, options.device)
    memory = _memory(trainer, options.device) if options.measure_memory else None
    first = trainer.judge()  # adapters begin as nothing, and what was trained comes back only now
    if before is not None:
        trainer.restore(before["trainer"])
    start_watching(options.device)
    seconds = _loop(trainer, options.save_every, lambda: _keep(trainer, identity, out / "checkpoint.pt"))
    facts = {
        "stage": settings.stage, "base": base.label, "data": pictures.label, "settings": asdict(settings),
        **_review(pictures, base, settings), "device": options.device,
        "held_out_loss": {"before": first, "after": trainer.judge()}, "seconds_of_last_run": round(seconds, 1),
        "peak_bytes": peak_bytes(options.device), "peak_bytes_of_a_step": memory,
    }  # fmt: skip
    return _write(trainer, base, out, facts)


def prepare(base: Base, pictures: Pictures, settings: Settings, device: str) -> Trainer:
    """Encode both parts, let go of VAE and text encoder, and make the UNet ready to learn."""
    pipeline = base.load().to(device)
    objective = objective_of(pipeline.scheduler)
    lessons, held_out = (
        encode(pipeline, pictures.of(part), reads=base.reads, mirror=settings.mirror and part == "training",
               device=device) for part in ("training", "held_out")
    )  # fmt: skip
    unet = pipeline.unet
    del pipeline
    unet.requires_grad_(requires_grad=True)
    if settings.stage == "lora":
        if settings.precision != "no":
            unet.to(HALVES[settings.precision])  # frozen weights need no more
        add_lora(unet, settings.rank, settings.targets, settings.seed)
    trainer = Trainer(unet, objective, lessons, held_out, settings, device)
    log.info("%d pictures, %d held out; %.2f M numbers are trained", len(lessons), len(held_out), trainer.count / 1e6)
    return trainer


def _earlier(path: Path, identity: dict[str, Any], *, resume: bool) -> dict[str, Any] | None:
    """The checkpoint to go on from, if there is one and it is of this very run."""
    if not path.exists():
        return None
    if not resume:
        raise OtherRun(f"{path.parent} holds a run; --resume goes on with it")
    state = load_checkpoint(path)
    other = [name for name, value in identity.items() if state["identity"][name] != value]
    if other:
        raise OtherRun(f"{path.parent} holds a run with other {', '.join(other)}")
    return state


def _keep(trainer: Trainer, identity: dict[str, Any], path: Path) -> None:
    save_checkpoint(path, {"trainer": trainer.state(), "identity": identity})


def _loop(trainer: Trainer, save_every: int, keep: Callable[[], None]) -> float:
    """Train to the end; returns the seconds that this run took."""
    start, began, said, running = time.monotonic(), trainer.step, 0.0, 0.0
    steps = trainer.settings.steps
    while trainer.step < steps:
        loss = trainer.advance()
        running = 0.95 * running + 0.05 * loss if running else loss
        spent = time.monotonic() - start
        left = spent / (trainer.step - began) * (steps - trainer.step)
        if trainer.step % save_every == 0 or trainer.step == steps:
            keep()
            log.info("step %d of %d: loss %.4f, held out %.4f, %.0f s left", trainer.step, steps, running,
                     trainer.judge(), left)  # fmt: skip
        elif spent - said > _SAY_EVERY_S:
            said = spent
            log.info("step %d of %d: loss %.4f, %.0f s left", trainer.step, steps, running, left)
    return time.monotonic() - start


def _memory(trainer: Trainer, device: str) -> dict[str, int | None]:
    """Peak bytes of one step's forward and backward pass; with checkpointing first, which needs less."""
    found: dict[str, int | None] = {}
    for name, wanted in (("with_checkpointing", True), ("without", False)):
        trainer.checkpoint_gradients(wanted)
        found[name] = peak_of(trainer.gradients, device)
        trainer.forget_gradients()
        log.info("peak of a step %s: %s bytes", name.replace("_", " "), found[name])
    trainer.checkpoint_gradients(trainer.settings.checkpointing)
    return found


def _review(pictures: Pictures, base: Base, settings: Settings) -> dict[str, Any]:
    """An adapter answers for its own pictures; a whole model for those of its base as well."""
    own = {"not_judged": list(pictures.not_judged), "reviewed_by": pictures.reviewed_by}
    return own if settings.stage == "lora" else upon(review_of(base.folder), own)


def _write(trainer: Trainer, base: Base, out: Path, facts: dict[str, Any]) -> Path:
    """Whole or not at all: written beside and renamed."""
    place = out / ("adapter" if trainer.settings.stage == "lora" else "pipeline")
    fresh = place.with_name(place.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    with trainer.averaged():
        if trainer.settings.stage == "lora":
            save_lora(trainer.unet, fresh)
        else:
            pipeline = base.load()
            pipeline.unet.load_state_dict(trainer.unet.state_dict())
            pipeline.to(dtype=torch.float16).save_pretrained(fresh, safe_serialization=True)
    for path in fresh.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)  # the worker may be another user
    shelf.seal(fresh, **facts)
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)
    log.info("%s: held out %.4f before, %.4f after", place, *facts["held_out_loss"].values())
    return place
