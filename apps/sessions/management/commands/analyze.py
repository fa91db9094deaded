"""`manage.py analyze`: faces and emotions in images and videos, a line a frame. Writes nothing and keeps nothing."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ml.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from ml.emotion.reader import EmotionReader
    from ml.emotion.stills import StillReading
    from ml.faces.sources import Picture


class Command(BaseCommand):
    help = "Finds faces and reads their emotions in images and videos. Not a medical finding."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="images, videos, or folders of them")
        parser.add_argument("--json", action="store_true", help="a JSON object a frame, one a line")
        parser.add_argument("--every", type=int, default=1, metavar="N", help="of a video, every N-th frame")

    def handle(self, *_: Any, **options: Any) -> None:
        """Exit status: 0 all read, 1 a file could not be read (the others are), 2 wrong use."""
        if options["every"] < 1:
            raise CommandError("--every must be 1 or more", returncode=2)
        reader = _load_reader()
        unreadable = [path for path in _files(options["paths"]) if not self._analyze(path, reader, options)]
        if unreadable:
            raise SystemExit(1)

    def _analyze(self, path: Path, reader: "EmotionReader", options: dict[str, Any]) -> bool:
        from ml.emotion.stills import read_picture
        from ml.faces.sources import SourceUnreadable, pictures_in

        try:
            for picture in pictures_in(path, every=options["every"]):
                faces = read_picture(picture.pixels, reader)
                self.stdout.write(as_json(picture, faces) if options["json"] else as_text(picture, faces))
        except SourceUnreadable as error:
            self.stderr.write(str(error))
            return False
        return True


def _load_reader() -> "EmotionReader":
    import torch

    from ml.emotion.reader import EmotionReader
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    torch.set_num_threads(1)
    try:
        return EmotionReader.load()
    except (WeightsMissing, WeightsAltered) as error:
        raise CommandError(str(error)) from error


def _files(paths: list[Path]) -> list[Path]:
    """Folders stand for the files directly in them, in order of name."""
    files: list[Path] = []
    for path in paths:
        files += sorted(entry for entry in path.iterdir() if entry.is_file()) if path.is_dir() else [path]
    return files


def as_json(picture: "Picture", faces: "list[StillReading]") -> str:
    rows = [
        {
            "box": list(face.box),
            "detection": round(face.detection, 4),
            "emotion": face.emotion,
            "confidence": round(face.confidence, 4),
            "probabilities": {name: round(p, 4) for name, p in zip(EMOTIONS, face.probabilities, strict=True)},
        }
        for face in faces
    ]
    return json.dumps(
        {"source": str(picture.source), "frame": picture.frame, "time_s": round(picture.time_s, 3), "faces": rows}
    )


def as_text(picture: "Picture", faces: "list[StillReading]") -> str:
    found = ", ".join(f"{face.emotion} {face.confidence:.0%} at {face.box[0]},{face.box[1]}" for face in faces)
    return f"{picture.source} frame {picture.frame} ({picture.time_s:.2f} s): {found or 'no face'}"
