"""A worker has no torch, and so no GPU, before it is ready to load its networks itself; and it never forks."""

import os
import subprocess
import sys

import pytest

from config.celery import app
from devstack.layout import ROOT, Layout
from devstack.parts import WORKERS, app_parts

SCRIPT = """
import sys
from config.celery import app
app.loader.import_default_modules()
app.finalize()
assert any(name.startswith(("sessions.", "imagery.")) for name in app.tasks)
from django.conf import settings
print(settings.ATTUNE_PROCESS, sorted({"torch", "onnxruntime"} & set(sys.modules)))
import torch
print(torch.cuda.is_initialized())
"""


@pytest.mark.parametrize("queue", WORKERS)
def test_loading_a_workers_tasks_loads_no_torch(queue: str) -> None:
    path = f"{ROOT / 'platform'}{os.pathsep}{ROOT}"
    env = {**os.environ, "PYTHONPATH": path, "ATTUNE_PROCESS": queue}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout.splitlines() == [f"{queue} []", "False"], done.stderr


def test_workers_have_no_child_processes() -> None:
    assert app.conf.worker_pool == "solo"
    parts = app_parts(Layout(ROOT, ROOT / "var"), {}, host="127.0.0.1", port=1)
    workers = [part for part in parts if part.name in WORKERS]
    assert len(workers) == len(WORKERS)
    assert all("--pool=solo" in part.command for part in workers)
    dockerfile = (ROOT / "docker" / "worker.Dockerfile").read_text(encoding="utf-8")
    assert '"--pool=solo"' in dockerfile
