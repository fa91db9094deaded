"""How many frames a client may send, and how good. Pure.

At most two frames of a session stand unanswered: one being read, one waiting. Beyond that the rate follows what the
worker can read: its measured time a frame, shared evenly among the sessions that are live.
"""

from dataclasses import dataclass

MOST_UNANSWERED = 2
SHARE = 0.7
"""Of the worker's time, so that a burst finds room."""
SLOWEST, FASTEST = 0.7, 8.0  # frames a second; the slowest still answers each session once in two seconds
FIRST = 5.0  # before anything was measured
WORTH_TELLING = 0.2  # a relative change below this is not sent


@dataclass(frozen=True, slots=True)
class Pace:
    """What a client may send: frames a second, width in pixels, JPEG quality 0 to 1."""

    max_fps: float
    width: int
    quality: float


def pace_for(ms_a_frame: float | None, live_sessions: int) -> Pace:
    """The pace at which ``live_sessions`` fill SHARE of one worker that needs ``ms_a_frame`` for each."""
    if not ms_a_frame:
        return _with_quality(FIRST)
    capacity = SHARE * 1000 / ms_a_frame
    return _with_quality(min(FASTEST, max(SLOWEST, capacity / max(1, live_sessions))))


def worth_telling(told: Pace, now: Pace) -> bool:
    """Whether the client should hear of the new pace."""
    return abs(now.max_fps - told.max_fps) > WORTH_TELLING * told.max_fps


def _with_quality(fps: float) -> Pace:
    """A loaded worker gets smaller pictures too: they decode faster, and the face is read at 48 to 224 pixels."""
    if fps >= 4:
        return Pace(round(fps, 1), 640, 0.8)
    return Pace(round(fps, 1), 480, 0.7)
