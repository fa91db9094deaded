"""One face as it might look a moment later: other light, another expression, a hand before it. For fitting only."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.detector import Face

Grey = NDArray[np.uint8]
Pull = tuple[float, float, float, float, float]
"""A place, how far it is pulled right and down, and how wide the pull reaches; pixels."""


def changed(picture: Grey, face: Face, random: np.random.Generator) -> Iterator[tuple[str, Grey]]:
    """(H, W) grey with a face in it → the same size, thirteen changes by name."""
    yield from _in_light(picture, face, random)
    yield from _in_place(picture, face, random)
    yield from _in_expression(picture, face, random)
    yield "covered", _covered(picture, face, random)


def _in_light(picture: Grey, face: Face, random: np.random.Generator) -> Iterator[tuple[str, Grey]]:
    yield "brighter or darker", _eight(picture * random.uniform(0.5, 1.5) + random.uniform(-25, 25))
    yield "gamma", _eight(255 * (picture / 255.0) ** random.choice([0.5, 0.6, 1.6, 2.0]))
    yield "blurred", _eight(cv2.GaussianBlur(picture, (0, 0), random.uniform(1, 2.2)))
    noisy = _eight(picture + random.normal(0, random.uniform(4, 10), picture.shape))
    yield "noise and compression", _eight(cv2.imdecode(cv2.imencode(".jpg", noisy, [1, 40])[1], cv2.IMREAD_GRAYSCALE))
    fall = (np.arange(picture.shape[1]) - face.box.centre[0]) / face.box.width
    yield "lit from one side", _eight(picture * np.clip(1 + random.uniform(-0.6, 0.6) * fall, 0.25, 1.8))


def _in_place(picture: Grey, face: Face, random: np.random.Generator) -> Iterator[tuple[str, Grey]]:
    yield "leaning", _turned(picture, face, random.uniform(-20, 20), 1.0)
    yield "nearer or farther", _turned(picture, face, random.uniform(-5, 5), random.uniform(0.6, 1.15))
    nose_x, nose_y = face.points[2]
    width = _eyes_apart(face)
    seen = _turned_away(picture, face, random)
    pull = (nose_x, nose_y, random.uniform(-0.12, 0.12) * width, random.uniform(-0.1, 0.1) * width, 0.3 * width)
    yield "turned", _pulled(seen, [pull])


def _in_expression(picture: Grey, face: Face, random: np.random.Generator) -> Iterator[tuple[str, Grey]]:
    smile, open_mouth, brows = _smile(face, random), _open_mouth(face, random), _brows(face, random)
    yield "smile", _pulled(picture, smile)
    yield "open mouth", _pulled(picture, open_mouth)
    yield "brows", _pulled(picture, brows)
    moved = _turned(_pulled(picture, [*smile, *brows]), face, random.uniform(-12, 12), random.uniform(0.75, 1.1))
    mixed = cv2.GaussianBlur(moved, (0, 0), random.uniform(0.3, 1.4)) * random.uniform(0.6, 1.3)
    yield "several at once", _eight(mixed)


def _smile(face: Face, random: np.random.Generator) -> list[Pull]:
    width = _eyes_apart(face)
    far = random.uniform(0.12, 0.22) * width
    (left_x, left_y), (right_x, right_y) = face.points[3:]
    return [(left_x, left_y, -far, -0.6 * far, 0.3 * width), (right_x, right_y, far, -0.6 * far, 0.3 * width)]


def _open_mouth(face: Face, random: np.random.Generator) -> list[Pull]:
    width = _eyes_apart(face)
    x, y = np.mean(face.points[3:], axis=0)
    down = random.uniform(0.2, 0.35) * width
    return [(x, y + 0.15 * width, 0, down, 0.35 * width), (x, y - 0.1 * width, 0, -0.05 * width, 0.2 * width)]


def _brows(face: Face, random: np.random.Generator) -> list[Pull]:
    width = _eyes_apart(face)
    return [(x, y - 0.3 * width, 0, random.uniform(-0.2, 0.15) * width, 0.3 * width) for x, y in face.points[:2]]


def _covered(picture: Grey, face: Face, random: np.random.Generator) -> Grey:
    """By a hand before the mouth, one before a cheek, or glasses with a heavy frame."""
    covered, width = picture.copy(), _eyes_apart(face)
    x1, y1, x2, y2 = (int(corner) for corner in face.box.clipped(picture.shape[1], picture.shape[0]).corners)
    skin = int(np.median(picture[y1:y2, x1:x2]))
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    kind = random.integers(3)
    if kind == 0:
        x, y = np.mean(face.points[3:], axis=0)
        cv2.ellipse(covered, (int(x), int(y + 0.1 * width)), (int(0.5 * width), int(0.3 * width)), 0, 0, 360, skin, -1)
    elif kind == 1:
        cv2.rectangle(covered, (x1, (y1 + y2) // 2), (x1 + (x2 - x1) * 35 // 100, y2), skin, -1)
    else:
        corners = int(left_x - 0.35 * width), int(left_y - 0.2 * width), int(right_x + 0.35 * width)
        cv2.rectangle(covered, corners[:2], (corners[2], int(right_y + 0.22 * width)), 30, 3)
    return _eight(cv2.GaussianBlur(covered, (0, 0), 0.7))


def _turned(picture: Grey, face: Face, degrees: float, scale: float) -> Grey:
    turn = cv2.getRotationMatrix2D(face.box.centre, degrees, scale)
    return _eight(cv2.warpAffine(picture, turn, picture.shape[::-1], borderMode=cv2.BORDER_REPLICATE))


def _turned_away(picture: Grey, face: Face, random: np.random.Generator) -> Grey:
    """One side of the face drawn together, as perspective does."""
    x1, y1, x2, y2 = face.box.corners
    flat = np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], np.float32)
    far = random.uniform(0.08, 0.16) * face.box.height
    left, right = [(0, 0), (-far, far), (-far, -far), (0, 0)], [(far, far), (0, 0), (0, 0), (far, -far)]
    inwards = left if random.random() < 0.5 else right
    turn = cv2.getPerspectiveTransform(flat, flat + np.array(inwards, np.float32))
    return _eight(cv2.warpPerspective(picture, turn, picture.shape[::-1], borderMode=cv2.BORDER_REPLICATE))


def _pulled(picture: Grey, pulls: list[Pull]) -> Grey:
    rows, columns = np.indices(picture.shape, np.float32)
    x, y = columns.copy(), rows.copy()
    for at_x, at_y, right, down, reach in pulls:
        near = np.exp(-((columns - at_x) ** 2 + (rows - at_y) ** 2) / (2 * reach * reach))
        x -= np.float32(right) * near
        y -= np.float32(down) * near
    return _eight(cv2.remap(picture, _single(x), _single(y), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _eyes_apart(face: Face) -> float:
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    return float(np.hypot(right_x - left_x, right_y - left_y)) + 1e-6


def _single(numbers: object) -> NDArray[np.float32]:
    return np.asarray(numbers, np.float32)


def _eight(levels: object) -> Grey:
    clipped: Grey = np.clip(np.asarray(levels), 0, 255).astype(np.uint8)
    return clipped
