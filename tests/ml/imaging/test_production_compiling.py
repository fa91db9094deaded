"""torch.compile for once as it is: kernels written, built and run, a minute of a core for the tiny network."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from ml.imaging.production.acceleration import Acceleration, Device, planned
from ml.imaging.production.applying import applied
from tests.ml.imaging.tiny_pipelines import HIDDEN, TOKENS, tiny_pipeline

pytestmark = [
    pytest.mark.compiles,
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler"),
]


@pytest.fixture
def nothing_built_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    torch._dynamo.reset()
    yield tmp_path
    torch._dynamo.reset()


def test_a_compiled_network_denoises_as_it_did(nothing_built_before: Path) -> None:
    pipeline = tiny_pipeline()
    given = torch.randn(1, 4, 16, 16), torch.tensor(500), torch.randn(1, TOKENS, HIDDEN)

    def denoised() -> torch.Tensor:
        with torch.inference_mode():
            return pipeline.unet(*given).sample

    before = denoised()
    applied(pipeline, planned(Acceleration(compile=True), Device("cpu")), "cpu")
    torch.testing.assert_close(denoised(), before, rtol=1e-4, atol=1e-4)
    assert list(nothing_built_before.rglob("*.so"))
