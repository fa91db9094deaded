"""`manage.py draw`: one picture through safety and the pipeline; what is refused becomes a vetted scene."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from ml.imaging.painter import Painter
    from ml.safety.verdict import SafeImage, SafePrompt, Verdict

WRONG_USE: Final = 2
FORMATS: Final = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
MOST_STEPS: Final = 150
MOST_GUIDANCE: Final = 30.0
SIDE: Final = 640
ATTEMPTS: Final = 2


@dataclass(slots=True)
class Attempt:
    """What is asked, and what became of it so far."""

    prompt: str
    seed: int
    steps: int | None
    guidance: float | None
    facts: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    reason: str = ""

    def note(self, what: str, verdict: "Verdict") -> None:
        self.scores |= {f"{what}:{label}": round(score, 4) for label, score in verdict.labels.items()}
        self.reason = "" if verdict.allowed else f"{what}: {verdict.reason}"


class Command(BaseCommand):
    help = "Draws one picture. A refused prompt or picture gives a vetted scene in its place, and says so."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prompt", required=True)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--steps", type=int, help="default: the model's profile")
        parser.add_argument("--guidance", type=float, help="classifier-free guidance; default: the model's profile")
        parser.add_argument("--out", type=Path, help="a .png, .webp or .jpg file (default: var/draw/<seed>.png)")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 drawn (or a vetted scene in its place), 1 no model here, 2 wrong use."""
        path = options["out"] or Path(settings.ATTUNE_VAR) / "draw" / f"{options['seed']}.png"
        _refuse_wrong_use(path, options)
        attempt = Attempt(options["prompt"], options["seed"], options["steps"], options["guidance"])
        image = _drawn(attempt) or _vetted(attempt)
        _write(image, path)
        answer = {"path": str(path), **attempt.facts, "scores": attempt.scores, "reason": attempt.reason}
        self.stdout.write(json.dumps(answer) if options["as_json"] else _in_words(answer))


def _refuse_wrong_use(path: Path, options: dict[str, Any]) -> None:
    steps, guidance = options["steps"], options["guidance"]
    wrong = None
    if path.suffix.lower() not in FORMATS:
        wrong = f"--out: a file that ends in {', '.join(FORMATS)}"
    elif steps is not None and not 1 <= steps <= MOST_STEPS:
        wrong = f"--steps 1 to {MOST_STEPS}"
    elif guidance is not None and not 0 <= guidance <= MOST_GUIDANCE:
        wrong = f"--guidance 0 to {MOST_GUIDANCE:.0f}"
    elif not 0 <= options["seed"] < 2**31:
        wrong = "--seed 0 to 2147483647"
    if wrong is not None:
        raise CommandError(wrong, returncode=WRONG_USE)


def _drawn(attempt: Attempt) -> "SafeImage | None":
    """A picture that every layer allowed, at the second seed at the latest; None when there is none."""
    from ml.safety.text import screen_text
    from ml.safety.verdict import Refusal

    safe = screen_text(attempt.prompt)
    attempt.note("prompt", safe.verdict)
    if isinstance(safe, Refusal):
        return None
    painter = _painter()
    for seed in range(attempt.seed, attempt.seed + ATTEMPTS):
        image = _judged(painter, safe, seed, attempt)
        if image is not None:
            return image
    return None


def _judged(painter: "Painter", safe: "SafePrompt", seed: int, attempt: Attempt) -> "SafeImage | None":
    from ml.safety.against import Against
    from ml.safety.image import screen_image
    from ml.safety.nearby import nearby
    from ml.safety.verdict import Refusal

    near = nearby(safe, Against()) if painter.profile.reads == "scenes" else ()
    drawn = painter.draw(safe, seed=seed % 2**31, steps=attempt.steps, guidance=attempt.guidance, nearby=near)
    image = screen_image(drawn.pixels)
    attempt.note("picture", image.verdict)
    attempt.facts = {
        "seed": drawn.seed, "steps": drawn.steps, "guidance": drawn.guidance, "model": drawn.model, "ms": drawn.ms,
        "asked": drawn.asked, "unread": list(drawn.unread), "read_as": dict(drawn.read_as),
        "fallback": False,
    }  # fmt: skip
    return None if isinstance(image, Refusal) else image


def _painter() -> "Painter":
    import torch

    from ml.imaging.loading import PainterMissing
    from ml.imaging.painter import Painter, PainterUnjudged
    from ml.safety.concepts_clip import ClipMissing
    from ml.safety.image import equip
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    torch.set_num_threads(settings.ATTUNE_PAINTER_THREADS)
    folder = Path(settings.ATTUNE_PAINTER_FOLDER) if settings.ATTUNE_PAINTER_FOLDER else None
    try:
        unseen = equip(settings.ATTUNE_SAFETY_CLIP, settings.ATTUNE_SAFETY_DEVICE, settings.ATTUNE_SAFETY_THRESHOLDS)
        return Painter.load(
            settings.ATTUNE_PAINTER,
            folder=folder,
            device=settings.ATTUNE_PAINTER_DEVICE,
            unseen=unseen,
            acceleration=settings.ATTUNE_PAINTER_ACCELERATION,
        )
    except (
        ClipMissing,
        OSError,
        ValueError,
        PainterMissing,
        PainterUnjudged,
        WeightsMissing,
        WeightsAltered,
        LookupError,
    ) as missing:
        raise CommandError(str(missing)) from missing


def _vetted(attempt: Attempt) -> "SafeImage":
    from dataclasses import replace
    from time import perf_counter

    from ml.safety.image import pass_vetted
    from ml.safety.verdict import Refusal
    from ml.scenes import library, wording

    began = perf_counter()
    scene = library.nearest(replace(wording.read(attempt.prompt).spec, seed=attempt.seed))
    image = pass_vetted(scene.pixels(SIDE, SIDE))
    if isinstance(image, Refusal):
        raise CommandError(f"the vetted scene {scene.id} came out as no picture")
    attempt.facts = {
        "seed": scene.spec.seed, "steps": 0, "guidance": 0.0, "model": f"library:{scene.id}",
        "ms": round((perf_counter() - began) * 1000), "asked": "", "unread": [], "read_as": {}, "fallback": True,
    }  # fmt: skip
    return image


def _write(image: "SafeImage", path: Path) -> None:
    from PIL import Image

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.pixels).save(path, FORMATS[path.suffix.lower()])
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}") from error


def _in_words(answer: dict[str, Any]) -> str:
    how = f"a vetted scene instead ({answer['reason']})" if answer["fallback"] else f"drawn by {answer['model']}"
    return f"{answer['path']}: {how}, seed {answer['seed']}, {answer['steps']} steps, {answer['ms']} ms"
