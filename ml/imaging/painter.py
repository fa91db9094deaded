"""The painter: a Stable Diffusion pipeline of diffusers' own classes, asked with safe prompts."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline
from torch import Tensor

from ml.engine.memory import free, in_parts
from ml.imaging.adapters import Adapter, Wardrobe, find
from ml.imaging.asked import Asked, asked
from ml.imaging.buckets import in_buckets
from ml.imaging.enlarge import enlarge
from ml.imaging.loading import load_pipeline
from ml.imaging.noise import starting_noise
from ml.imaging.onward import beginning, picture_to_picture, steps_taken
from ml.imaging.order import Drawn, OnStep, Order, WordPairs
from ml.imaging.production.tiles import decode_in_tiles
from ml.imaging.production.wish import overridden
from ml.imaging.profiles import Profile, profile_at
from ml.imaging.upscaler.network import Upscaler
from ml.imaging.upscaler.stored import load_upscaler
from ml.safety.image import NOT_JUDGED
from ml.safety.verdict import SafePrompt

__all__ = ["Asked", "Drawn", "MixedBatch", "OnStep", "Order", "Painter", "PainterUnjudged"]

_LOG = logging.getLogger(__name__)

Pixels = npt.NDArray[np.float32]


class PainterUnjudged(Exception):
    """The model could paint what no safety layer here can see. Retrying won't help: it needs a layer that can."""


class MixedBatch(ValueError):
    """Orders of one batch differ in steps or guidance: a fault in the program."""


class Painter:
    """A loaded model. One call at a time; not safe for threads."""

    def __init__(
        self, pipeline: StableDiffusionPipeline, profile: Profile, model: str, adapters: Path | None = None,
        upscaler: Upscaler | None = None,
    ) -> None:  # fmt: skip
        """Use `load`; this is for pipelines built in memory. `adapters` holds one for each organisation."""
        self.profile, self.model = profile, model
        self.pipeline, self._upscaler = pipeline, upscaler
        self._adapters = adapters
        self._wardrobe = Wardrobe(pipeline.unet, model) if adapters is not None else None
        self._found = dict[str, Adapter | None]()
        pipeline.set_progress_bar_config(disable=True)

    @classmethod
    def load(
        cls, name: str = "embedded", *, folder: Path | None = None, device: str = "cpu",
        unseen: tuple[str, ...] = NOT_JUDGED, acceleration: str = "", adapters: Path | None = None,
    ) -> "Painter":  # fmt: skip
        """Load a profile's model, from `folder` when given; never touches the network.

        Args:
            unseen: what no layer can see of those who judge the pictures, which may be another process.
            acceleration: how the model runs, over its profile.

        Raises:
            LookupError: no such profile, or one that says nonsense.
            PainterMissing: its weights are not on this machine.
            PainterUnjudged: nothing here could judge all that it may paint.
        """
        chosen = profile_at(name, folder)
        chosen = replace(chosen, acceleration=overridden(chosen.acceleration, acceleration))
        if chosen.paints_anything and unseen:
            raise PainterUnjudged(f"no layer here judges {', '.join(unseen)}, and {chosen.label} could paint them")
        pipeline, model = load_pipeline(chosen, folder, device)
        home = folder or chosen.home
        return cls(pipeline, chosen, model, adapters, None if home is None else load_upscaler(home))

    def draw(
        self, prompt: SafePrompt, *, seed: int, steps: int | None = None, guidance: float | None = None,
        on_step: OnStep | None = None, nearby: WordPairs = (),
    ) -> Drawn:  # fmt: skip
        """Paint one picture; as `draw_many` of one order."""
        [drawn] = self.draw_many([Order(prompt, seed, steps, guidance, nearby=nearby)], on_step=on_step)
        return drawn

    def draw_many(self, orders: Sequence[Order], *, on_step: OnStep | None = None) -> list[Drawn]:
        """Paint a picture for each order, in their order, as many at once as the largest bucket that they fill.

        The same prompt, seed, steps, guidance and weights give the same pixels on one machine; in other company, within
        one grey level; short of memory, by some more where tiles of it differ.

        Args:
            on_step: called after each step of each bucket; what it raises stops the drawing.

        Raises:
            MixedBatch: they differ in steps, guidance, organisation, or in whether they begin as a picture.
            AdapterUnfit, AdapterUnreviewed: the organisation's adapter cannot be worn.
            torch.OutOfMemoryError: the device's memory does not suffice for one, even sparingly used.
        """
        start = time.perf_counter()
        if len({order.manner for order in orders}) > 1:
            raise MixedBatch("orders of one batch share steps, guidance, organisation and how they begin")
        said, small = [self.words(order) for order in orders], list[Pixels]()
        steps, guidance = self._manner(orders)
        model = self._dress(orders[0].organisation if orders else None)
        paint = partial(self._paint, steps=steps, guidance=guidance, on_step=on_step)
        for batch in in_buckets(said, self.profile.acceleration.buckets):
            small += in_parts(paint, batch, partial(self._spare, paint))
        shown = [
            enlarge(pixels, self.profile.shown, one.seed, style=one.style, upscaler=self._upscaler)
            for pixels, one in zip(small, said, strict=True)
        ]
        elapsed = round((time.perf_counter() - start) * 1000)
        return [
            Drawn(pixels, elapsed, model, one.seed, steps, guidance, one.prompt, one.unread, one.alt, one.read_as,
                  1.0 if one.start is None else self.profile.strength)
            for pixels, one in zip(shown, said, strict=True)
        ]  # fmt: skip

    def _manner(self, orders: Sequence[Order]) -> tuple[int, float]:
        steps, guidance = (orders[0].steps, orders[0].guidance) if orders else (None, None)
        return (
            self.profile.steps if steps is None else steps,
            self.profile.guidance if guidance is None else guidance,
        )

    def _dress(self, organisation: str | None) -> str:
        """Put on the organisation's adapter, or none; the name of what paints then. Raises as `find` and `wear` do.

        An adapter's bytes are checked when it is first worn, and not again while this painter lives.
        """
        if self._wardrobe is None or self._adapters is None:
            return self.model
        if organisation and organisation not in self._found:
            self._found[organisation] = find(self._adapters, organisation)
        adapter = self._found[organisation] if organisation else None
        self._wardrobe.wear(adapter)
        return self.model if adapter is None else f"{self.model}+{adapter.label}"

    def words(self, order: Order) -> Asked:
        """An order in the words that this model reads, and as it begins with this model."""
        return asked(order, self.profile.reads, order.start if self._goes_on(order) else None)

    @cached_property
    def _onward(self) -> DiffusionPipeline | None:
        return picture_to_picture(self.pipeline)

    def _goes_on(self, order: Order) -> bool:
        """Whether it begins as the picture that it names: this model can, and takes a step from there."""
        steps = self.profile.steps if order.steps is None else order.steps
        return order.start is not None and steps_taken(steps, self.profile.strength) > 0 and self._onward is not None

    def _spare(self, paint: "partial[list[Pixels]]", one: Asked) -> Pixels:
        """Where memory does not suffice even for one, begin again with attention in slices and the decoder in tiles.

        Slower, and so from then on. The same picture but for some grey levels, since tiles are normalised one by one.
        """
        _LOG.warning("no memory for a picture at once; painting in slices and tiles from now on")
        free()
        self.pipeline.enable_attention_slicing("max")
        self.pipeline.vae.enable_slicing()
        decode_in_tiles(self.pipeline.vae, self.profile.size)
        return paint([one])[0]

    def _begun(self, batch: Sequence[Asked]) -> tuple[DiffusionPipeline, dict[str, Any]]:
        """What paints the batch, and what it begins from: the pictures that they go on from, or noise."""
        pictures = [one.start for one in batch if one.start is not None]
        if pictures and self._onward is not None:
            return self._onward, beginning(pictures, self.profile.size, self.profile.strength)
        return self.pipeline, {"height": self.profile.size, "width": self.profile.size, **self._noise(batch)}

    def _noise(self, batch: Sequence[Asked]) -> dict[str, Tensor]:
        """The noise to begin from, where pictures share some; else the pipeline draws it, each by its generator."""
        share, looks = self.profile.shared_noise, [one.look for one in batch]
        if not share or looks == [None] * len(batch):
            return {}
        side = self.profile.size // self.pipeline.vae_scale_factor
        shape, dtype = (int(self.pipeline.unet.config.in_channels), side, side), self.pipeline.unet.dtype
        return {"latents": starting_noise([one.seed for one in batch], looks, shape, share, dtype)}

    @torch.inference_mode()
    def _paint(self, batch: Sequence[Asked], *, steps: int, guidance: float, on_step: OnStep | None) -> list[Pixels]:
        """(size, size, 3) grey levels in [0, 255] a picture, as the model paints them, each from its own noise."""

        def after(_: Any, step: int, __: Any, state: dict[str, Any]) -> dict[str, Any]:
            if on_step is not None:
                on_step(step + 1, taken)
            return state

        pipeline, begun = self._begun(batch)
        taken = steps_taken(steps, begun.get("strength", 1.0))
        result = pipeline(
            [one.prompt for one in batch], negative_prompt=[one.negative for one in batch],
            num_inference_steps=steps, guidance_scale=guidance, output_type="np", callback_on_step_end=after,
            generator=[torch.Generator("cpu").manual_seed(one.seed) for one in batch], **begun,
        )  # fmt: skip
        return list(np.asarray(np.clip(result.images * 255.0, 0, 255), dtype=np.float32))
