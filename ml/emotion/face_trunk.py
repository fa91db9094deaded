"""The trunk of dlib's face recognition network, so that what it learned from three million faces can teach ours.

King, dlib_face_recognition_resnet_model_v1 (2017; released under CC0): a ResNet of basic blocks (He et al., 2015) at
half of ResNet-34's width, here less its last block. Where it strides, it pads nothing and its shortcut is an average.
"""

from torch import Tensor, nn
from torch.nn import functional

from ml.emotion.attention import SpatialAttention
from ml.emotion.config import EmotionConfig


class BasicBlock(nn.Module):
    """Two 3×3 convolutions around a shortcut without weights. (B, inputs, H, W) → (B, outputs, ⌈·⌉, ⌈·⌉)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1 if stride == 1 else 0, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(inner))
        shortcut = x if self.stride == 1 else functional.avg_pool2d(x, self.stride)
        return functional.relu(_grown(out, shortcut) + _grown(shortcut, out), inplace=True)


class FaceTrunk(nn.Module):
    """Stem and four stages of basic blocks; spatial attention after the stages that the configuration names."""

    checkpointing = False
    """Not offered: the trunk is small."""

    def __init__(self, config: EmotionConfig) -> None:
        """Raises ValueError for what this layout has not: pruned blocks, another stem, colour."""
        super().__init__()
        if config.planes or config.stem != "7x7-pool" or config.channels != 1:
            raise ValueError("basic blocks come grey, with the 7x7-pool stem and unpruned")
        self.conv1 = nn.Conv2d(1, config.width, 7, stride=2, bias=False)
        self.bn1 = nn.BatchNorm2d(config.width)
        stages: list[nn.Sequential] = []
        inputs = config.width
        for stage, depth in enumerate(config.blocks):
            outputs = config.width * 2**stage
            first = BasicBlock(inputs, outputs, stride=2 if stage else 1)
            stages.append(nn.Sequential(first, *(BasicBlock(outputs, outputs, stride=1) for _ in range(depth - 1))))
            inputs = outputs
        self.stages = nn.ModuleList(stages)
        self.attention = nn.ModuleDict({str(stage): SpatialAttention() for stage in config.attention_stages})
        self.drop = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, 1, S, S) normalised faces, S from 67 up → (B, F) pooled features and the attention maps, (B, 1, h, w)."""
        x = functional.max_pool2d(functional.relu(self.bn1(self.conv1(x)), inplace=True), 3, 2)
        maps: list[Tensor] = []
        for number, stage in enumerate(self.stages, start=1):
            x = stage(x)
            if str(number) in self.attention:
                x, seen = self.attention[str(number)](x)
                maps.append(seen)
        return self.drop(x.mean(dim=(2, 3))), maps


def _grown(x: Tensor, other: Tensor) -> Tensor:
    """`x` with zeros behind its channels, rows and columns where `other` has more of them."""
    channels, rows, columns = (max(0, theirs - ours) for ours, theirs in zip(x.shape[1:], other.shape[1:], strict=True))
    return functional.pad(x, (0, columns, 0, rows, 0, channels)) if channels or rows or columns else x
