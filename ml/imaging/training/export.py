"""Stage `export`: the averaged weights in the folder layout that `StableDiffusionPipeline.from_pretrained` loads."""

from pathlib import Path
from typing import Final

from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from ml.imaging.training.autoencoder import install_encoder, new_autoencoder
from ml.imaging.training.budget import load_checkpoint, part_of
from ml.imaging.training.linear_code import LinearCode
from ml.imaging.training.train_unet import new_unet
from ml.weights import shelf

_SHIFT: Final = 3.0
"""How far the steps of painting lean towards noise, where it is decided what stands where; codes of 16 × 16 hold few
details that would want the steps at the end. Measured in docs/models/painter.md."""


def assemble(folder: Path) -> StableDiffusionPipeline:
    """The pipeline of the latest averaged weights in a training folder, single precision."""
    code = LinearCode.load(folder / "code.npz")
    vae = new_autoencoder(len(code.scale))
    vae.decoder.load_state_dict(load_checkpoint(folder / "vae.pt")["average"])
    install_encoder(vae, code)
    weights = load_checkpoint(folder / "unet.pt")["average"]
    text = CLIPTextModel.from_pretrained(folder / "text_encoder")
    text.load_state_dict(part_of(weights, "text."))
    unet = new_unet(len(code.scale))
    unet.load_state_dict(part_of(weights, "unet."))
    return pipeline_of(vae, text, CLIPTokenizer.from_pretrained(folder / "tokenizer"), unet)


def pipeline_of(
    vae: AutoencoderKL, text: CLIPTextModel, tokenizer: CLIPTokenizer, unet: UNet2DConditionModel
) -> StableDiffusionPipeline:
    """The parts with the scheduler that flow matching wants."""
    scheduler = DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, steps_offset=1, flow_shift=_SHIFT
    )
    return StableDiffusionPipeline(
        vae=vae.eval(), text_encoder=text.eval(), tokenizer=tokenizer, unet=unet.eval(), scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def export(folder: Path, out: Path) -> None:
    """Write half-precision weights, sealed by a manifest that also says how long they were trained."""
    pipeline = assemble(folder)
    for part in (pipeline.vae, pipeline.text_encoder, pipeline.unet):
        part.half()
    pipeline.save_pretrained(out, safe_serialization=True)
    for path in out.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    shelf.seal(out, trained={name: _facts(folder / f"{name}.pt") for name in ("vae", "unet")})


def _facts(path: Path) -> dict[str, float]:
    state = load_checkpoint(path)
    return {"steps": int(state["step"]), "minutes": round(float(state["spent_s"]) / 60, 1)}
