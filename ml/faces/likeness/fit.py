"""`python -m ml.faces.likeness.fit --data DIR --out FOLDER`: fits the basis, and says how often it is mistaken.

DIR holds FER-2013's `training.npz` (`images` (N, 48, 48) uint8, `labels` (N,)). Its pictures are of different people,
for the most part; who is who stands nowhere, so one person's changes are made (``changes``) and those of expression
and pose taken from the averages of the labelled emotions and of the nose's place. Five minutes on one core.
"""

import argparse
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ml.faces.detector import Face, detect
from ml.faces.likeness.basis import read, solve
from ml.faces.likeness.changes import Grey, changed
from ml.faces.likeness.histogram import oriented
from ml.faces.likeness.known import ALIKE, STRANGE, STRANGE_IN_SIGHT
from ml.faces.nets import FaceNets
from ml.faces.pose import pose_of

Rows = NDArray[np.float32]
PEOPLE: Final = 6000
"""For how people differ."""
CHANGED: Final = 500
"""Of these, so many for how one differs from oneself."""
MEASURED: Final = 1000
"""Others, for the table: a third of them changed."""


@dataclass
class Gathered:
    """Histograms of N pictures with label and pose, and of M pairs: a picture and its change by name."""

    alone: list[Rows] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    poses: list[tuple[float, float]] = field(default_factory=list)
    pairs: list[tuple[str, Rows, Rows]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    faces = np.load(options.data / "training.npz")
    random = np.random.default_rng(0)
    order = random.permutation(len(faces["images"]))
    nets, images, labels = FaceNets.load(), faces["images"], faces["labels"]
    fitted = gather(images, labels, order[:PEOPLE], CHANGED, nets)
    rows = solve(np.stack(fitted.alone), _within(fitted))
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / "basis.npy", rows.astype(np.float16), allow_pickle=False)
    digest = hashlib.sha256((options.out / "basis.npy").read_bytes()).hexdigest()
    (options.out / "manifest.json").write_text(json.dumps({"files": {"basis.npy": digest}}, indent=1) + "\n")
    others = gather(images, labels, order[PEOPLE : PEOPLE + MEASURED], MEASURED // 3, nets)
    print(json.dumps(measure(others, options.out / "basis.npy"), indent=1))  # noqa: T201  (a program's answer)


def gather(
    images: NDArray[np.uint8], labels: NDArray[np.int64], chosen: NDArray[np.int64], changes: int, nets: FaceNets
) -> Gathered:
    """What can be told of the chosen pictures in which the detector is sure of a face; `changes` of them changed."""
    gathered, random = Gathered(), np.random.default_rng(1)
    for number in chosen:
        picture = on_canvas(images[number])
        face = _face_in(picture, nets)
        if face is None or face.score < 0.9:
            continue
        own = oriented(picture, face)
        gathered.alone.append(own)
        gathered.labels.append(int(labels[number]))
        gathered.poses.append((pose_of(face).turn, pose_of(face).nod))
        if len(gathered.alone) > changes:
            continue
        for name, other in changed(picture, face, random):
            again = _face_in(other, nets)
            if again is not None:
                gathered.pairs.append((name, own, oriented(other, again)))
    return gathered


def on_canvas(face: Grey, side: int = 150) -> Grey:
    """(240, 320): the little face as large as a webcam would show it."""
    canvas = np.full((240, 320), int(np.median(face)), np.uint8)
    top, left = (240 - side) // 2, (320 - side) // 2
    canvas[top : top + side, left : left + side] = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC)
    return canvas


def measure(gathered: Gathered, basis: Path) -> dict[str, object]:
    """Shares of changes taken for another person, and of strangers taken for the same, at several distances."""
    project = read(basis).project
    alone = project(np.stack(gathered.alone))
    strangers = np.concatenate([_apart(alone, np.roll(alone, step, axis=0)) for step in range(1, 20)])
    names = np.array([name for name, _, _ in gathered.pairs])
    before = project(np.stack([one for _, one, _ in gathered.pairs]))
    after = project(np.stack([other for _, _, other in gathered.pairs]))
    same = _apart(before, after)
    bars = (ALIKE, 0.55, STRANGE, 0.7, STRANGE_IN_SIGHT)
    return {
        "pictures": len(alone),
        "changes": len(same),
        "own_face_doubted": {str(bar): round(float((same > bar).mean()), 4) for bar in bars},
        "stranger_passed": {str(bar): round(float((strangers < bar).mean()), 4) for bar in bars},
        "own_face_doubted_by_change": {
            str(name): round(float((same[names == name] > STRANGE).mean()), 4) for name in np.unique(names)
        },
    }


def _within(gathered: Gathered) -> NDArray[np.float64]:
    """(128, 128): scatter by the made changes, by expression and by pose."""
    alone = np.stack(gathered.alone).astype(np.float64)
    moved = np.stack([after - before for _, before, after in gathered.pairs]).astype(np.float64)
    labels = np.array(gathered.labels)
    means = np.stack([alone[labels == label].mean(axis=0) for label in np.unique(labels)])
    means -= means.mean(axis=0)
    turn, nod = np.array(gathered.poses).T
    poses = np.stack([turn, nod, turn**2], axis=1)
    poses = (poses - poses.mean(axis=0)) / poses.std(axis=0)
    slopes = np.linalg.lstsq(poses, alone - alone.mean(axis=0), rcond=None)[0]
    scatter: NDArray[np.float64] = moved.T @ moved / (2 * len(moved)) + means.T @ means / len(means) + slopes.T @ slopes
    return scatter


def _face_in(picture: Grey, nets: FaceNets) -> Face | None:
    found = detect([np.repeat(picture[..., None], 3, axis=2)], nets)[0]
    return found[0] if found else None


def _apart(one: Rows, other: Rows) -> Rows:
    return np.asarray(1 - (one * other).sum(axis=-1), np.float32)


if __name__ == "__main__":
    main()
