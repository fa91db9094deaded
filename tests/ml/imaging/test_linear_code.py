"""The linear code: the best of its size, the same each time, and what the autoencoder's encoder computes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from ml.imaging.training.autoencoder import install_encoder, new_autoencoder
from ml.imaging.training.dataset import Scenes
from ml.imaging.training.linear_code import LinearCode, fit, peak_signal_to_noise
from ml.imaging.training.linear_decoder import install_straight, straight, straight_parameters
from ml.imaging.training.train_decoder import CHANNELS, to_tensor

Pixels = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def pixels(scenes: Scenes) -> Pixels:
    return np.array(scenes.pixels[:16])


@pytest.fixture(scope="module")
def code(pixels: Pixels) -> LinearCode:
    return fit(pixels, CHANNELS)


def quality(code: LinearCode, pixels: Pixels) -> float:
    return peak_signal_to_noise(pixels, code.decode(code.encode(pixels)))


def test_the_code_keeps_more_than_the_mean_colour_and_more_channels_keep_more(pixels: Pixels, code: LinearCode) -> None:
    blank = np.broadcast_to(code.mean, pixels.shape).astype(np.float32)
    kept = [quality(fit(pixels, channels), pixels) for channels in (1, 4, CHANNELS, 48)]
    assert peak_signal_to_noise(pixels, blank) + 3 < kept[0]
    assert kept == sorted(kept)
    assert kept[2] > 24


def test_the_code_serves_pictures_it_was_not_fitted_to(scenes: Scenes, code: LinearCode, pixels: Pixels) -> None:
    assert quality(code, np.array(scenes.pixels[64:])) > quality(code, pixels) - 3


def test_no_random_basis_of_that_size_does_better(pixels: Pixels, code: LinearCode) -> None:
    basis, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(192, CHANNELS)))
    other = LinearCode(basis.T.reshape(code.basis.shape).astype(np.float32), code.mean, code.scale)
    assert quality(other, pixels) < quality(code, pixels) - 3


def test_the_basis_is_orthonormal_and_its_strongest_part_comes_first(pixels: Pixels, code: LinearCode) -> None:
    flat = code.basis.reshape(CHANNELS, -1)
    assert flat @ flat.T == pytest.approx(np.eye(CHANNELS), abs=1e-5)
    deviation = code.encode(pixels).std(axis=(0, 2, 3))
    assert (np.diff(deviation * code.scale) < 1e-3).all()
    assert np.sqrt((deviation**2).mean()) == pytest.approx(1.0, rel=0.02)


def test_fitting_is_deterministic_and_survives_being_stored(pixels: Pixels, code: LinearCode, tmp_path: Path) -> None:
    code.save(tmp_path / "code.npz")
    for other in (fit(pixels, CHANNELS), LinearCode.load(tmp_path / "code.npz")):
        assert np.array_equal(other.basis, code.basis)
        assert np.array_equal(other.mean, code.mean)
        assert np.array_equal(other.scale, code.scale)


def test_equal_pictures_have_the_highest_quality(pixels: Pixels) -> None:
    assert peak_signal_to_noise(pixels, pixels.astype(np.float32) / 127.5 - 1.0) > 100


@torch.inference_mode()
def test_the_installed_encoder_answers_the_linear_code(pixels: Pixels, code: LinearCode) -> None:
    torch.manual_seed(1)
    vae = new_autoencoder(CHANNELS).eval()
    install_encoder(vae, code)
    answer = vae.encode(to_tensor(pixels[:6])).latent_dist
    codes = code.encode(pixels[:6])
    assert answer.mean.shape == codes.shape == (6, CHANNELS, 16, 16)
    assert np.abs(answer.mean.numpy() - codes).max() < 0.02 * codes.std()
    assert torch.allclose(answer.sample(), answer.mean, atol=1e-5)


@torch.inference_mode()
def test_the_installed_decoder_answers_what_the_straight_road_answers(code: LinearCode, pixels: Pixels) -> None:
    torch.manual_seed(2)
    vae = new_autoencoder(CHANNELS).eval()
    to_rgb = nn.Conv2d(vae.decoder.up_blocks[3].resnets[0].in_channels, 3, 1)
    codes = torch.from_numpy(code.encode(pixels[:3]))
    road = straight(vae, to_rgb, codes)
    to_rgb.weight /= road.abs().max()
    to_rgb.bias /= road.abs().max()
    road = straight(vae, to_rgb, codes)
    install_straight(vae, to_rgb)
    answer = vae.decode(codes).sample
    assert answer.shape == road.shape == (3, 3, 128, 128)
    assert road.std() > 0.05
    assert (answer - road).abs().max() < 0.02


def test_the_straight_road_uses_exactly_its_own_parameters() -> None:
    torch.manual_seed(2)
    vae = new_autoencoder(CHANNELS)
    to_rgb = nn.Conv2d(vae.decoder.up_blocks[3].resnets[0].in_channels, 3, 1)
    straight(vae, to_rgb, torch.randn(1, CHANNELS, 2, 2)).square().sum().backward()
    moved = {id(part) for module in (vae, to_rgb) for part in module.parameters() if part.grad is not None}
    assert moved == {id(part) for part in straight_parameters(vae, to_rgb)}
