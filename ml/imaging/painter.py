"""The painter: a Stable Diffusion pipeline of diffusers' own classes, asked with a safe prompt."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from diffusers import StableDiffusionPipeline

from ml.engine.memory import free
from ml.imaging.enlarge import enlarge
from ml.imaging.loading import load_pipeline
from ml.imaging.profiles import Profile, profile
from ml.safety.image import NOT_JUDGED
from ml.safety.verdict import SafePrompt
from ml.scenes.wording import read, say

_LOG = logging.getLogger(__name__)

OnStep: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture nobody has judged yet: show it only after `ml.safety.image` allowed it.

    Attributes:
        pixels: (side, side, 3) RGB bytes, side as the profile shows it.
        ms: wall time of the whole call.
        model: name@sha256[:8] of the weights.
        asked: the words the model was given; differs from the prompt where it reads only its own words.
        unread: words of the prompt that it cannot read.
        alt: what it was asked to show, or None when the model reads any text.
    """

    pixels: npt.NDArray[np.uint8]
    ms: int
    model: str
    seed: int
    steps: int
    guidance: float
    asked: str
    unread: tuple[str, ...]
    alt: str | None


class PainterUnjudged(Exception):
    """The model could paint what no safety layer here can see. Retrying won't help: it needs a layer that can."""


class Painter:
    """A loaded model. One picture at a time; not safe for threads."""

    def __init__(self, pipeline: StableDiffusionPipeline, profile: Profile, model: str) -> None:
        """Use `load`; this is for pipelines built in memory."""
        self.profile, self.model = profile, model
        self._pipeline = pipeline
        pipeline.set_progress_bar_config(disable=True)

    @classmethod
    def load(cls, name: str = "embedded", *, folder: Path | None = None, device: str = "cpu") -> "Painter":
        """Load a profile's model, from `folder` when given; never touches the network.

        Raises:
            LookupError: no such profile.
            PainterMissing: its weights are not on this machine.
            PainterUnjudged: nothing here could judge all that it may paint.
        """
        chosen = profile(name)
        if chosen.paints_anything and NOT_JUDGED:
            raise PainterUnjudged(f"no layer here judges {', '.join(NOT_JUDGED)}, and {chosen.label} could paint them")
        pipeline, model = load_pipeline(chosen, folder, device)
        return cls(pipeline, chosen, model)

    def draw(
        self, prompt: SafePrompt, *, seed: int, steps: int | None = None, guidance: float | None = None,
        on_step: OnStep | None = None,
    ) -> Drawn:  # fmt: skip
        """Paint one picture. The same prompt, seed, steps, guidance and weights give the same pixels on one machine.

        Args:
            on_step: called after each step with (steps done, steps in all); what it raises stops the drawing.

        Raises:
            TypeError: the prompt was not judged.
            torch.OutOfMemoryError: the device's memory does not suffice, even sparingly used.
        """
        if not isinstance(prompt, SafePrompt):
            raise TypeError("draw() takes a SafePrompt; ml.safety.text.screen_text makes one")
        start = time.perf_counter()
        steps = self.profile.steps if steps is None else steps
        guidance = self.profile.guidance if guidance is None else guidance
        asked, negative, unread, alt = self._words(prompt)
        small = self._paint_or_spare(asked, negative, seed, steps, guidance, on_step)
        pixels = enlarge(small, self.profile.shown, seed)
        elapsed = round((time.perf_counter() - start) * 1000)
        return Drawn(pixels, elapsed, self.model, seed, steps, guidance, asked, unread, alt)

    def _words(self, prompt: SafePrompt) -> tuple[str, str, tuple[str, ...], str | None]:
        """What the model is asked, what it stays away from, what it cannot read, and alt text."""
        if self.profile.reads == "text":
            return prompt.text, prompt.negative, (), None
        reading, unwanted = read(prompt.text), read(prompt.negative)
        wanted = dict(zip(("kind", "time", "weather", "season", "palette", "style"), reading.spec.words(), strict=True))
        against = {name: word for name, word in unwanted.found.items() if wanted[name] != word}
        return reading.text, say(against), reading.unknown, reading.alt

    def _paint_or_spare(
        self, asked: str, negative: str, seed: int, steps: int, guidance: float, on_step: OnStep | None
    ) -> npt.NDArray[np.uint8]:
        """Where memory does not suffice, begin again with attention and decoder in slices: slower, and so from then on.

        The same picture but for rounding.
        """
        try:
            return self._paint(asked, negative, seed, steps, guidance, on_step)
        except torch.OutOfMemoryError:
            _LOG.warning("no memory for a picture at once; painting in slices from now on")
        free()  # after the handler, which held on to all that the failed attempt had made
        self._pipeline.enable_attention_slicing("max")
        self._pipeline.vae.enable_slicing()
        self._pipeline.vae.enable_tiling()
        return self._paint(asked, negative, seed, steps, guidance, on_step)

    @torch.inference_mode()
    def _paint(
        self, asked: str, negative: str, seed: int, steps: int, guidance: float, on_step: OnStep | None
    ) -> npt.NDArray[np.uint8]:
        """(size, size, 3) bytes as the model paints them."""

        def after(_: Any, step: int, __: Any, state: dict[str, Any]) -> dict[str, Any]:
            if on_step is not None:
                on_step(step + 1, steps)
            return state

        result = self._pipeline(
            asked, negative_prompt=negative, num_inference_steps=steps, guidance_scale=guidance,
            generator=torch.Generator("cpu").manual_seed(seed), output_type="np", callback_on_step_end=after,
            height=self.profile.size, width=self.profile.size,
        )  # fmt: skip
        return np.asarray(np.clip(result.images[0] * 255.0 + 0.5, 0, 255), dtype=np.uint8)
