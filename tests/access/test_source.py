"""Laws about the source: what may be named where."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = [
    path for folder in ("platform", "apps") for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
]


def naming(word: str) -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in OURS if re.search(rf"\b{word}\b", path.read_text())}


def test_only_the_door_makes_permits() -> None:
    assert naming("DOOR") == {"platform/access/permit.py", "platform/access/door.py"}


def test_only_the_door_and_the_middleware_write_the_trail() -> None:
    assert naming("RecordsAsked") <= {f"platform/access/{name}.py" for name in ("events", "trail", "projections")}


def test_nobody_asks_guardian_through_the_user() -> None:
    """`user.has_perm` would let global permissions count; the tables are read by the door's own query."""
    asking = {
        path.relative_to(ROOT).as_posix()
        for path in OURS
        if re.search(r"\.has_perm\(|get_objects_for_user", path.read_text())
    }
    assert asking == set()
