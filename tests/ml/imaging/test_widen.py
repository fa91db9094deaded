"""A UNet made wider paints the same at first, and its copies learn apart."""

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from ml.imaging.training.train_unet import new_unet
from ml.imaging.training.widen import widened

NARROW = (16, 32, 48)


def unets(wider: tuple[int, ...]) -> tuple[UNet2DConditionModel, UNet2DConditionModel]:
    torch.manual_seed(5)
    narrow, wide = (new_unet(widths=widths, hidden=8).eval() for widths in (NARROW, wider))
    wide.load_state_dict(widened(narrow.state_dict(), wide))
    return narrow, wide


@torch.no_grad()
def painted(unet: UNet2DConditionModel) -> Tensor:
    chance = torch.Generator().manual_seed(1)
    noise, words = torch.randn(3, 12, 16, 16, generator=chance), torch.randn(3, 5, 8, generator=chance)
    sample: Tensor = unet(noise, torch.tensor([10.0, 500.0, 990.0]), encoder_hidden_states=words).sample
    return sample


@pytest.mark.parametrize("wider", [(32, 64, 96), (48, 96, 144), NARROW])
def test_widths_that_grow_by_one_whole_factor_change_nothing(wider: tuple[int, ...]) -> None:
    narrow, wide = unets(wider)
    torch.testing.assert_close(painted(wide), painted(narrow), atol=1e-5, rtol=0)


def test_other_widths_come_near() -> None:
    narrow, wide = unets((32, 48, 64))
    off = (painted(wide) - painted(narrow)).std() / painted(narrow).std()
    assert 0.0 < off < 0.4


def test_copies_are_taught_apart() -> None:
    _, wide = unets((32, 64, 96))
    sample = wide(torch.randn(2, 12, 16, 16), 500.0, encoder_hidden_states=torch.randn(2, 5, 8)).sample
    sample.square().mean().backward()
    gradient = wide.conv_in.weight.grad
    assert gradient is not None
    one, other = gradient[0::2], gradient[1::2]
    assert (torch.nn.functional.cosine_similarity(one.flatten(1), other.flatten(1)) < 0.999).all()


def test_a_finest_width_that_is_no_multiple_is_refused() -> None:
    with pytest.raises(ValueError, match="32 cannot become 48: only a multiple"):
        widened(new_unet(widths=(32, 48, 64), hidden=8).state_dict(), new_unet(widths=(48, 64, 80), hidden=8))
