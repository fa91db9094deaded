"""A run's curves for TensorBoard, where the package is installed; nothing else needs it."""

from pathlib import Path


class BoardMissing(Exception):
    """TensorBoard's writer was asked for and is not installed."""


class Board:
    """Writes event files into `folder`; values after `step` from an earlier try are dropped from the curves."""

    def __init__(self, folder: Path, step: int) -> None:
        """Raises BoardMissing."""
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise BoardMissing("--tensorboard needs its package: pip install -r requirements/train.txt") from error
        self._writer = SummaryWriter(str(folder), purge_step=step)

    def write(self, step: int, **curves: float) -> None:
        """One point of each curve."""
        for name, value in curves.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._writer.close()
