"""`manage.py analyze`: faces and emotions in images and videos, a line a frame. Writes nothing and keeps nothing."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
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
        # A list, so that one that can't be read does not keep the next from its turn.
        done = [self._analyze(path, reader, options) for given in options["paths"] for path in self._files(given)]
        if not all(done):
            raise SystemExit(1)

    def _files(self, given: Path) -> list[Path | None]:
        """A folder stands for the images and videos in it and in its folders. None for one that holds none, said."""
        from ml.faces.sources import SourceUnreadable, files_in

        if not given.is_dir():
            return [given]
        try:
            return [*files_in(given)]
        except SourceUnreadable as error:
            self.stderr.write(_line(str(error)))
            return [None]

    def _analyze(self, path: Path | None, reader: "EmotionReader", options: dict[str, Any]) -> bool:
        from ml.emotion.stills import read_picture
        from ml.faces.sources import SourceCutOff, SourceUnreadable, pictures_in

        if path is None:
            return False
        try:
            for picture in pictures_in(path, every=options["every"]):
                faces = read_picture(picture.pixels, reader)
                self.stdout.write(as_json(picture, faces) if options["json"] else as_text(picture, faces))
        except SourceUnreadable as error:
            self.stderr.write(_line(str(error)))
            return False
        except SourceCutOff as note:  # what there was is read, so the answer stands; but it is not the whole
            self.stderr.write(_line(str(note)))
        return True


def _load_reader() -> "EmotionReader":
    import torch

    from ml.emotion.reader import EmotionReader
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    torch.set_num_threads(1)
    folder = settings.ATTUNE_EMOTION_FOLDER
    try:
        return EmotionReader.load(Path(folder) if folder else None)
    except (WeightsMissing, WeightsAltered) as error:
        raise CommandError(str(error)) from error


def _line(text: str) -> str:
    """One line that any terminal can print: a file's name may hold line breaks, or bytes that are no text."""
    printable = text.encode("utf-8", "backslashreplace").decode()
    return printable.replace("\n", "\\n").replace("\r", "\\r")


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
    return _line(f"{picture.source} frame {picture.frame} ({picture.time_s:.2f} s): {found or 'no face'}")
