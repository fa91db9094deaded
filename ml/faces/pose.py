"""Which way a face is turned, guessed from MTCNN's five points; no angles, but ratios that grow with them."""

import math
from dataclasses import dataclass

from ml.faces.detector import Face


@dataclass(frozen=True)
class Pose:
    """How far a face is turned away from the camera.

    `turn` (yaw): how far the nose lies beside the middle of the eyes, in distances between the eyes; 0 is frontal,
    negative to the picture's left. A nose that stands out by 0.45 of that distance gives 0.26 at 30° and 0.45 at 45°.
    `nod` (pitch): how far the nose lies below the eyes, as a share of the way to the mouth; about 0.54 is frontal, less
    looks up, more down. `lean` (roll): radians by which the right eye lies lower than the left, −π to π.
    """

    turn: float
    nod: float
    lean: float


FRONTAL = Pose(0.0, 0.54, 0.0)
"""Of FER-2013's faces half lie above and half below this nod."""


def pose_of(face: Face) -> Pose:
    """The pose of a face; a face without points counts as frontal, since nothing is known against it."""
    if len(face.points) < 5:
        return FRONTAL
    (left_x, left_y), (right_x, right_y) = face.points[:2]
    lean = math.atan2(right_y - left_y, right_x - left_x)
    apart = max(math.hypot(right_x - left_x, right_y - left_y), 1e-6)
    middle = ((left_x + right_x) / 2, (left_y + right_y) / 2)
    mouth = tuple((a + b) / 2 for a, b in zip(*face.points[3:5], strict=True))
    nose_across, nose_down = _levelled(face.points[2], middle, lean)
    _, mouth_down = _levelled((mouth[0], mouth[1]), middle, lean)
    return Pose(nose_across / apart, nose_down / (mouth_down if mouth_down > 1e-6 else 1e-6), lean)


def _levelled(point: tuple[float, float], middle: tuple[float, float], lean: float) -> tuple[float, float]:
    """The point as seen from the middle of the eyes, once their line is level."""
    x, y = point[0] - middle[0], point[1] - middle[1]
    return x * math.cos(lean) + y * math.sin(lean), y * math.cos(lean) - x * math.sin(lean)
