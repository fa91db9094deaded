"""What a played session came to: for programs as one object, for people as a table."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from apps.sessions.demo.play import Played
from apps.sessions.outgoing import position_of


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which this share lies (nearest rank); None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else None


def spread(values: Sequence[float]) -> dict[str, float | None]:
    return {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95)}


def summary(played: Played) -> dict[str, Any]:
    """The summary object of CONTRACT.md, and more beside it."""
    emotions = played.of("emotion")
    read = [message for message in emotions if message.get("reason") != "unread"]
    images = played.of("image")
    positions = [position_of(message["n"]) for message in played.messages if position_of(message.get("n", 0))]
    return {
        "type": "summary",
        "frames_sent": played.frames_sent,
        "frames_read": len(read),
        "frames_with_face": sum(message["box"] is not None for message in read),
        "emotion_latency_ms": spread([m["round_trip_ms"] for m in read if "round_trip_ms" in m]),
        "images": len(images),
        "images_drawn": sum(not message["fallback"] for message in images),
        "image_latency_ms": spread([m["latency_ms"] for m in images if m.get("latency_ms") is not None]),
        "image_paths": [str(played.paths[m["image_id"]]) for m in images if m["image_id"] in played.paths],
        "ratings": list(played.ratings.values()),
        "refused": played.refused,
        "session_id": str(played.session_id),
        "log_positions": [min(positions, default=None), max(positions, default=None)],
    }


def table(played: Played) -> str:
    """What happened, line by line."""
    facts = summary(played)
    lines = [
        ("session", facts["session_id"]),
        (
            "frames",
            f"{facts['frames_sent']} sent, {facts['frames_read']} read, {facts['frames_with_face']} with a face",
        ),
        ("emotions", _emotions(played)),
        ("states", _states(played)),
        ("answer, ms", _spread(facts["emotion_latency_ms"])),
        ("pictures", f"{facts['images']}, {facts['images_drawn']} of them drawn by the model"),
        ("picture, ms", _spread(facts["image_latency_ms"])),
        *_pictures(played),
        ("log", "positions {} to {}".format(*facts["log_positions"])),
    ]
    lines += [("refused", f"{one['message']}: {one['code']} {one['detail']}") for one in played.refused]
    return "\n".join(f"{name:>12}  {value}" for name, value in lines)


def _emotions(played: Played) -> str:
    counted = Counter(message["emotion"] for message in played.of("emotion"))
    return ", ".join(f"{emotion} {count}" for emotion, count in counted.most_common()) or "none"


def _states(played: Played) -> str:
    states = played.of("state")
    return " → ".join(f"{state['to']} ({state['source']})" for state in states) or "none"


def _spread(found: dict[str, float | None]) -> str:
    return "–" if found["p50"] is None else f"p50 {found['p50']:.0f}, p95 {found['p95']:.0f}"


def _pictures(played: Played) -> list[tuple[str, str]]:
    rows = []
    for image in played.of("image"):
        rating = played.ratings.get(image["image_id"])
        said = "not rated" if rating is None else f"rated {rating:+}"
        path = played.paths.get(image["image_id"], "")
        kind = "library" if image["fallback"] else "drawn"
        rows.append(("", f"{image['technique']}, {kind}, {said}: {image['alt']}"))
        rows.append(("", f"{path}"))
    return rows
