"""What the trainings are fed: never the validation rows, mirrored or not, with captions that are sometimes empty."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.imaging.training.dataset import Scenes, open_scenes
from ml.imaging.training.linear_code import LinearCode
from ml.imaging.training.train_decoder import VALIDATION, batch, reconstruction_loss, to_tensor
from ml.imaging.training.train_unet import Codes
from ml.scenes.wording import read


@pytest.fixture(scope="module")
def code(trained: Path) -> LinearCode:
    return LinearCode.load(trained / "code.npz")


@pytest.fixture(scope="module")
def codes(scenes: Scenes, code: LinearCode) -> Codes:
    return Codes(scenes, code)


def test_the_decoder_is_fed_training_rows_alone_and_half_of_them_mirrored(scenes: Scenes, code: LinearCode) -> None:
    pixels, fed = batch(scenes, code, np.random.default_rng(0), size=40)
    plain = {to_tensor(row[None]).numpy().tobytes() for row in scenes.pixels[VALIDATION:]}
    mirrored = {to_tensor(row[None, :, ::-1]).numpy().tobytes() for row in scenes.pixels[VALIDATION:]}
    seen = [picture[None].numpy().tobytes() for picture in pixels]
    assert all(one in plain | mirrored for one in seen)
    assert 8 < sum(one in mirrored for one in seen) < 32
    bytes_again = ((pixels.permute(0, 2, 3, 1).numpy() + 1) * 127.5).round().astype(np.uint8)
    assert np.allclose(code.encode(bytes_again), fed.numpy(), atol=1e-5)


def test_the_unet_is_fed_training_rows_alone_with_their_own_words(scenes: Scenes, codes: Codes) -> None:
    clean, captions = codes.batch(np.random.default_rng(1), 200)
    validation, _ = codes.validation()
    known = {held.numpy().tobytes() for held in validation}
    assert not any(one.numpy().tobytes() in known for one in clean)
    said = {read(caption).found.get("kind") for caption in captions} - {None}
    assert said <= {scenes.spec(row).kind for row in range(VALIDATION, scenes.count)}
    assert 0.03 < captions.count("") / 200 < 0.2


def test_validation_is_the_same_each_time(codes: Codes) -> None:
    (one, words), (other, same) = codes.validation(), codes.validation()
    assert torch.equal(one, other)
    assert words == same
    assert len(words) == len(one) == VALIDATION


def test_codes_grow_while_the_painting_goes_on(scenes: Scenes, code: LinearCode, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(scenes.folder, tmp_path / "scenes"))
    (folder / "count").write_text("70")
    growing = Codes(open_scenes(folder), code)
    assert growing.count == 70
    before = growing.validation()[0]
    (folder / "count").write_text("80")
    growing.grow()
    assert growing.count == 80
    assert torch.equal(growing.validation()[0], before)
    whole, _ = Codes(scenes, code).batch(np.random.default_rng(2), 60)
    assert torch.equal(growing.batch(np.random.default_rng(2), 60)[0], whole)


@pytest.mark.parametrize("sharp", [False, True])
def test_the_loss_is_nothing_for_the_truth_and_grows_with_the_error(sharp: bool) -> None:
    truth = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    losses = [float(reconstruction_loss(truth + error * truth.flip(3), truth, sharp=sharp)) for error in (0, 0.1, 0.3)]
    assert losses[0] == 0 < losses[1] < losses[2]


def test_the_sharp_loss_minds_a_blur_more_than_a_shift_in_brightness() -> None:
    stripes = torch.tensor([1.0, -1.0]).repeat(4).expand(1, 3, 8, 8)
    blurred, brighter = stripes * 0.5, stripes + 0.5
    assert reconstruction_loss(blurred, stripes, sharp=True) > reconstruction_loss(brighter, stripes, sharp=True)
