"""What training does to a face, one thing at a time."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from ml.emotion.training.augment import Augmentation, augment

NOTHING = Augmentation(degrees=0.0, scale=0.0, shift=0.0, erase=0.0, gamma=0.0, noise=0.0, soften=0.0)


def seen(faces: Tensor, **how: float) -> Tensor:
    """Augmented, with mirrored faces turned back: chance mirrors half of them."""
    answer = augment(faces, faces.shape[-1], replace(NOTHING, **how), torch.Generator().manual_seed(4))
    mirrored = answer.flip(3)
    closer = (answer - faces).abs().mean(dim=(1, 2, 3)) <= (mirrored - faces).abs().mean(dim=(1, 2, 3))
    return torch.where(closer[:, None, None, None], answer, mirrored)


@pytest.fixture
def patterns() -> Tensor:
    """64 faces of fine detail, at a quarter to three quarters of full white."""
    return torch.rand(64, 1, 32, 32, generator=torch.Generator().manual_seed(1)) / 2 + 0.25


def test_nothing_asked_is_nothing_done(patterns: Tensor) -> None:
    torch.testing.assert_close(seen(patterns), patterns, atol=1e-5, rtol=1e-5)


def test_half_of_the_faces_are_mirrored(patterns: Tensor) -> None:
    answer = augment(patterns, 32, NOTHING, torch.Generator().manual_seed(4))
    kept = ((answer - patterns).abs().amax(dim=(1, 2, 3)) < 1e-4).float().mean()
    assert 0.3 < float(kept) < 0.7


def test_gamma_bends_each_face_within_its_bound() -> None:
    flat = torch.full((200, 1, 16, 16), 0.5)
    exponents = seen(flat, gamma=0.4).mean(dim=(1, 2, 3)).log() / torch.tensor(0.5).log()
    assert 0.4 * 0.9 < float(exponents.log().abs().max()) <= 0.4 + 1e-3
    assert abs(float(exponents.log().mean())) < 0.08  # darker as often as lighter


def test_gamma_leaves_black_and_white_as_they_are() -> None:
    ends = torch.cat([torch.zeros(4, 1, 16, 16), torch.ones(4, 1, 16, 16)])
    torch.testing.assert_close(seen(ends, gamma=0.4), ends)


def test_grain_differs_from_face_to_face_and_from_pixel_to_pixel() -> None:
    flat = torch.full((200, 1, 24, 24), 0.5)
    deviations = seen(flat, noise=0.08).std(dim=(1, 2, 3))
    assert 0.07 < float(deviations.max()) < 0.09
    assert float(deviations.min()) < 0.01


def test_the_papers_noise_is_the_same_for_every_face() -> None:
    flat = torch.full((50, 1, 24, 24), 0.5)
    deviations = seen(flat, sigma=0.1).std(dim=(1, 2, 3))
    assert float(deviations.min()) > 0.09
    assert float(deviations.max()) < 0.11


def test_brightness_stays_within_a_fifth() -> None:
    flat = torch.full((200, 1, 16, 16), 0.5)
    light = seen(flat, brightness=0.2).mean(dim=(1, 2, 3)) / 0.5
    assert 0.8 <= float(light.min()) < 0.83
    assert 1.17 < float(light.max()) <= 1.2 + 1e-5


def test_a_share_of_the_faces_loses_fine_detail_and_the_rest_does_not(patterns: Tensor) -> None:
    softened = seen(patterns, soften=0.25)
    changed = (softened - patterns).abs().amax(dim=(1, 2, 3)) > 1e-3
    assert int(changed.sum()) == 16
    assert (softened[changed].std(dim=(1, 2, 3)) < 0.9 * patterns[changed].std(dim=(1, 2, 3))).all()
    torch.testing.assert_close(softened[changed].mean(), patterns[changed].mean(), atol=0.01, rtol=0)


def test_faces_stay_between_black_and_white(patterns: Tensor) -> None:
    answer = seen(patterns, gamma=0.4, noise=0.5, sigma=0.5, brightness=0.9, soften=0.5, erase=1.0)
    assert float(answer.min()) >= 0
    assert float(answer.max()) <= 1
