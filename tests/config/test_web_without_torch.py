"""The web process runs with requirements/base.txt alone."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "torch",
    "torchvision",
    "diffusers",
    "transformers",
    "facenet_pytorch",
    "cv2",
    "onnx",
    "onnxruntime",
    "tokenizers",
    "skimage",
)
SCRIPT = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} has no place in the web process")

BLOCKED = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Refuse())
import config.asgi
from django.urls import get_resolver
print(len(get_resolver().url_patterns) > 3, config.asgi.application is not None)
assert not BLOCKED & set(sys.modules)
"""


def test_the_web_process_starts_where_torch_cannot_be_imported() -> None:
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}", "ATTUNE_PROCESS": "cli"}
    command = [sys.executable, "-c", SCRIPT, ",".join(HEAVY)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.split() == ["True", "True"], done.stderr


def test_base_requirements_name_nothing_heavy() -> None:
    lines = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0].strip().replace("-", "_") for line in lines if "==" in line}
    assert not pinned & set(HEAVY)


def test_requirements_are_exact_and_name_no_machine() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        for line in file.read_text(encoding="utf-8").splitlines():
            requirement = line.partition("#")[0].strip()
            assert not requirement or "==" in requirement, line
            assert "://" not in line, line
