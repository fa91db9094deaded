"""Prove that a style can be taught: 40 pictures, one LoRA, and a probe before and after, by the commands people use.

Example:
    python -m ml.imaging.finetune.prove --out var/finetune-proof

Prints a report as JSON. DIR/sheet.webp shows lessons (top), what the base paints (middle) and the same after (below).
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from ml.imaging import train
from ml.imaging.adapters import Wardrobe, find
from ml.imaging.finetune import build, style_probe
from ml.imaging.finetune.base import find_base
from ml.imaging.finetune.restyle import off_the_inks, three_inks, turned_hues
from ml.imaging.profiles import profile
from ml.scenes.captions import caption
from ml.scenes.render import render
from ml.scenes.sheet import webp
from ml.scenes.spec import SceneSpec, held_out, sample
from ml.scenes.wording import read

Pixels = npt.NDArray[np.uint8]

LESSONS: Final = 40
_SIDE: Final = 128
_SHOWN: Final = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 the style shows in most pictures after and in few before; 1 it does not; 2 wrong use."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    if not options.again and options.out.exists() and any(options.out.iterdir()):
        sys.stderr.write(f"{options.out} is not empty\n")
        return 2
    if not options.again:
        _write_lessons(options.out / "lessons", options.seed)
        _learn(options)
    before, after, restored = _paint(options)
    (options.out / "sheet.webp").write_bytes(webp(_sheet(_lessons(options.out / "lessons"), before, after)))
    report = _report(options, before, after) | {"restored_to_the_bit": restored}
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0 if report["style_shown"]["after"] > 0.5 > report["style_shown"]["before"] else 1


def _scenes(seed: int, part: int, count: int, *, unseen: bool) -> list[SceneSpec]:
    """Random scenes; unseen ones are combinations that the shipped base was never trained on, and no lesson shows."""
    rng = np.random.default_rng((seed, part))
    found: list[SceneSpec] = []
    while len(found) < count:
        spec = sample(rng)
        found += [spec] if held_out(spec) == unseen else []
    return found


def _write_lessons(folder: Path, seed: int) -> None:
    """Rendered scenes in the new style, and the list of their papers."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng((seed, 9))
    with (folder / "list.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "licence", "source", "author", "caption"))
        for number, spec in enumerate(_scenes(seed, 1, LESSONS, unseen=False)):
            Image.fromarray(three_inks(render(spec, _SIDE, _SIDE))).save(folder / f"{number:02d}.png")
            rows.writerow((f"{number:02d}.png", "own-work", "ml.scenes, three_inks", "Attune", caption(spec, rng)))


def _lessons(folder: Path) -> list[Pixels]:
    return [np.asarray(Image.open(path)) for path in sorted(folder.glob("*.png"))[:_SHOWN]]


def _learn(options: argparse.Namespace) -> None:
    """The data set and the training, by their own commands."""
    out, lessons = options.out, options.out / "lessons"
    reviewed = "rendered by ml.scenes, which paints no person and nothing that the missing layers would look for"
    _command(build.main, "--images", lessons, "--list", lessons / "list.csv", "--out", out / "data",
             "--reviewed-by", reviewed)  # fmt: skip
    _command(train.main, "--stage", "lora", "--data", out / "data", "--base", options.base, "--out", out / "run",
             "--targets", "all", "--rank", options.rank, "--steps", options.steps, "--lr", options.lr, "--batch", 8,
             "--mirror", "--seed", options.seed, "--threads", options.threads, "--measure-memory")  # fmt: skip


def _command(command: Callable[[list[str]], int], *arguments: object) -> None:
    if command([str(argument) for argument in arguments]) != 0:
        raise SystemExit(2)


@torch.inference_mode()
def _paint(options: argparse.Namespace) -> tuple[list[Pixels], list[Pixels], bool]:
    """The same prompts and seeds without the adapter and with it; and whether taking it off restored every weight."""
    base, manners = find_base(options.base), profile("embedded")
    pipeline = base.load()
    asked = [read(caption(spec, np.random.default_rng((options.seed, 3, number)))).text
             for number, spec in enumerate(_scenes(options.seed, 2, options.prompts, unseen=True))]  # fmt: skip

    def pictures() -> list[Pixels]:
        return [_one(pipeline(
            text, num_inference_steps=manners.steps, guidance_scale=manners.guidance, output_type="np",
            generator=torch.Generator().manual_seed(seed),
        ).images[0]) for seed, text in enumerate(asked)]  # fmt: skip

    own = {name: value.clone() for name, value in pipeline.unet.state_dict().items()}
    before, wardrobe = pictures(), Wardrobe(pipeline.unet, base.label)
    wardrobe.wear(find(options.out / "run", "adapter"))
    after = pictures()
    wardrobe.wear(None)
    restored = all(torch.equal(value, own[name]) for name, value in pipeline.unet.state_dict().items())
    return before, after, restored


def _one(picture: npt.NDArray[np.float32]) -> Pixels:
    return np.asarray(np.clip(picture * 255 + 0.5, 0, 255), dtype=np.uint8)


def _report(options: argparse.Namespace, before: list[Pixels], after: list[Pixels]) -> dict[str, Any]:
    """What the probe says of scenes that it never saw, then of the paintings, and what stayed as it was."""
    manifest = json.loads((options.out / "run/adapter/manifest.json").read_bytes())
    facts = ("base", "settings", "held_out_loss", "seconds_of_last_run", "peak_bytes", "peak_bytes_of_a_step")
    plain = [render(spec, _SIDE, _SIDE) for spec in _scenes(options.seed, 4, options.probed, unseen=False)]
    fresh = [render(spec, _SIDE, _SIDE) for spec in _scenes(options.seed, 5, options.probed // 3, unseen=True)]
    styled, turned = [three_inks(one) for one in fresh], [turned_hues(one, 2) for one in fresh]
    probe = style_probe.fit([three_inks(one) for one in plain], plain + [turned_hues(one, 1) for one in plain])
    groups = {"before": before, "after": after}
    tests = {"fresh_scenes_in_the_style": styled, "fresh_scenes": fresh, "fresh_scenes_with_turned_hues": turned}
    return {name: manifest[name] for name in facts} | {
        "prompts": len(before), "style_shown": {name: probe.share(pictures) for name, pictures in groups.items()},
        "probe_says_style": {name: probe.share(pictures) for name, pictures in tests.items()},
        "levels_off_the_inks": {name: round(float(np.mean([off_the_inks(one) for one in pictures])), 1)
                                for name, pictures in (groups | tests).items()},
        "composition_kept": round(float(np.median([_alike(*pair) for pair in zip(before, after, strict=True)])), 3),
    }  # fmt: skip


def _alike(one: Pixels, other: Pixels) -> float:
    """Correlation of grey 16×16 thumbnails, -1…1: whether light and dark lie where they lay."""
    small = [np.asarray(Image.fromarray(picture).convert("L").resize((16, 16)), np.float64).ravel()
             for picture in (one, other)]  # fmt: skip
    return float(np.corrcoef(small[0], small[1])[0, 1])


def _sheet(*rows: list[Pixels]) -> Image.Image:
    same = [[np.asarray(Image.fromarray(one).resize((_SIDE, _SIDE))) for one in row[:_SHOWN]] for row in rows]
    width = min(len(row) for row in same)
    return Image.fromarray(np.concatenate([np.concatenate(row[:width], axis=1) for row in same]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.finetune.prove", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="an empty folder for lessons, data set, run and sheet")
    parser.add_argument("--base", default="embedded")
    parser.add_argument("--again", action="store_true", help="measure the finished run that DIR holds once more")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--prompts", type=int, default=24, help="held-out prompts, painted before and after")
    parser.add_argument("--probed", type=int, default=160, help="scenes that the probe is fitted to, in both styles")
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
