"""Fails on what the floor plan forbids: stray helpers, and a package where a source root must stay plain."""

import subprocess
import sys
from pathlib import Path

STRAY = {"utils.py", "helpers.py"}
ROOT = Path(__file__).resolve().parents[1]


def complaints(files: list[Path]) -> list[str]:
    found = [f"{file}: say what it does in its name" for file in files if file.name in STRAY]
    found += [f"{file}: would shadow the standard library" for file in files if file == Path("platform/__init__.py")]
    found += [
        f"{file}: tests have no packages" for file in files if file.parts[0] == "tests" and file.name == "__init__.py"
    ]
    return found


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = complaints([Path(line) for line in listed.stdout.splitlines()])
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
