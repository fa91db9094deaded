"""What a client is told in passing of how its frames are read. The page has its own words for each code."""

from typing import Any, Final

ANOTHER_FACE: Final = "another_face"
"""Why a frame is not read, and the notice that says so: for a while the face in view has not been the session's own."""
NOT_OURS: Final = frozenset({ANOTHER_FACE, "unfamiliar_face"})
"""Reasons for which a face is seen and not read at all."""
FACE_BACK: Final = "face_back"
READING_PAUSED: Final = "reading_paused"
READING_RESUMED: Final = "reading_resumed"

_DETAILS: Final = {
    ANOTHER_FACE: (
        "A different face seems to be in view. Nothing is read from it, and nothing is kept. Reading goes on by itself"
        " when your face is back. If this is you, go on (resume), and we begin with you afresh."
    ),
    FACE_BACK: "Your face is in view; reading goes on.",
    READING_PAUSED: "Frames can't be read at the moment; the session goes on without them.",
    READING_RESUMED: "Frames are being read again.",
}


def notice(code: str) -> dict[str, Any]:
    """The message; in passing, since whoever reconnects is told anew while it is still so."""
    return {"type": "notice", "code": code, "detail": _DETAILS[code]}


class Whose:
    """Whether the client was told that somebody else's face is in view."""

    def __init__(self) -> None:
        self._is_another = False

    def news(self, reason: str | None, *, has_face: bool) -> str | None:
        """The code to say after a reading with this reason; None when there is nothing new."""
        if reason == ANOTHER_FACE:
            told, self._is_another = self._is_another, True
            return None if told else ANOTHER_FACE
        if self._is_another and has_face and reason not in NOT_OURS:
            self._is_another = False
            return FACE_BACK
        return None
