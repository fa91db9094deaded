"""What single precision means on a GPU."""

import torch


def hold_single(device: str) -> None:
    """Have convolutions on `device`, torch's name of one, multiply in single precision, for this whole process.

    cuDNN would round what goes into each of them to TF32's ten bits: torch allows it that unasked.
    """
    if torch.device(device).type == "cuda":
        torch.backends.cudnn.allow_tf32 = False
