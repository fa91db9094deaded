"""The README tells the truth about settings and commands: it names all that the code has, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TREES = ("platform", "apps", "ml")
# The names of functions that read the environment, whatever the environment is called where they do.
READERS = {"text", "required", "number", "whole", "switch", "listed", "get", "getenv", "pop"}
WITHOUT_PREFIX = {"DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "REDIS_URL", "PORT", "HOST_ADDRESS"}


def table(heading: str) -> list[str]:
    """The first column of the table under a heading, without its backticks."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)


def settings_read() -> set[str]:
    sources = [ROOT / "manage.py", *(path for tree in TREES for path in (ROOT / tree).rglob("*.py"))]
    return {name for path in sources for name in names_read(path.read_text(encoding="utf-8"))}


def names_read(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        key = key_of(node)
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and is_setting(key.value):
            yield key.value


def key_of(node: ast.AST) -> ast.expr | None:
    """What a node reads by, if it reads: `reader("NAME")`, `anything.reader("NAME", …)` or `mapping["NAME"]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return node.slice
    if isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return node.args[0] if called in READERS else None
    return None


def is_setting(name: str) -> bool:
    return name.startswith("ATTUNE_") or name in WITHOUT_PREFIX


def commands() -> set[str]:
    found = (path for tree in TREES for path in (ROOT / tree).glob("*/management/commands/*.py"))
    return {path.stem for path in found if not path.stem.startswith("_")}


def test_the_readme_names_each_setting_that_the_code_reads() -> None:
    assert settings_read() - set(table("Settings")) == set()


def test_the_readme_names_no_setting_that_no_code_reads() -> None:
    assert set(table("Settings")) - settings_read() == set()


def test_the_readme_names_each_command() -> None:
    assert commands() - set(table("Commands")) == set()


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    assert set(table("Commands")) - commands() == set()


@pytest.mark.parametrize("heading", ["Settings", "Commands"])
def test_the_readme_names_nothing_twice(heading: str) -> None:
    named = table(heading)
    assert len(named) == len(set(named)) > 0


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ('env.text("ATTUNE_ONE", "x")', {"ATTUNE_ONE"}),
        ('whole("ATTUNE_ONE", 1)', {"ATTUNE_ONE"}),
        ('os.environ.get("PORT") or 8000', {"PORT"}),
        ('os.environ["REDIS_URL"]', {"REDIS_URL"}),
        ('environ["ATTUNE_ONE"] = "written"', set()),
        ('getattr(settings, "ATTUNE_ONE", False)', set()),
        ('{"ATTUNE_ONE must be off": env.switch("ATTUNE_TWO")}', {"ATTUNE_TWO"}),
    ],
)
def test_what_is_read_is_found_and_what_is_written_is_not(source: str, read: set[str]) -> None:
    assert set(names_read(source)) == read
