"""The ResNet-50 trunk: bottlenecks 3-4-6-3, with torchvision's parameter names so that its weights load.

He et al., Deep Residual Learning, 2015; the stride sits on the 3×3 convolution as in torchvision ("V1.5").
"""

from torch import Tensor, nn

from ml.emotion.attention import SpatialAttention
from ml.emotion.config import EmotionConfig
from ml.emotion.pointwise import Pointwise
from ml.emotion.recompute import recomputed

_EXPANSION = 4


class Bottleneck(nn.Module):
    """1×1 down, 3×3, 1×1 up, around a shortcut. (B, inputs, H, W) → (B, outputs, H/stride, W/stride)."""

    def __init__(self, inputs: int, planes: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = Pointwise(inputs, planes)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = Pointwise(planes, outputs)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(Pointwise(inputs, outputs, stride), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += shortcut
        return self.relu(out)  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped


class Trunk(nn.Module):
    """Stem and four stages; spatial attention after the stages that the configuration names."""

    checkpointing = False
    """In training, compute each stage twice rather than keep what its blocks made: a third more time, less memory."""

    def __init__(self, config: EmotionConfig) -> None:
        super().__init__()
        width = config.width
        large = config.stem == "7x7-pool"
        self.conv1 = nn.Conv2d(
            config.channels, width, 7 if large else 3, stride=2, padding=3 if large else 1, bias=False
        )
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if large else nn.Identity()
        inputs = width
        for stage in range(1, len(config.blocks) + 1):
            outputs = width * 2 ** (stage - 1) * _EXPANSION
            layer = _stage(inputs, config.stage_planes(stage), outputs, stride=1 if stage == 1 else 2)
            setattr(self, f"layer{stage}", layer)
            inputs = outputs
        self.attention = nn.ModuleDict({str(stage): SpatialAttention() for stage in config.attention_stages})
        _initialise(self)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, C, S, S) normalised faces → (B, F) pooled features and the attention maps, each (B, 1, h, w)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        maps: list[Tensor] = []
        for stage in range(1, 5):
            layer = getattr(self, f"layer{stage}")
            x = recomputed(layer, x) if self.checkpointing and self.training else layer(x)
            if str(stage) in self.attention:
                x, seen = self.attention[str(stage)](x)
                maps.append(seen)
        return x.mean(dim=(2, 3)), maps


def _stage(inputs: int, planes: tuple[int, ...], outputs: int, *, stride: int) -> nn.Sequential:
    rest = [Bottleneck(outputs, inner, outputs, 1) for inner in planes[1:]]
    return nn.Sequential(Bottleneck(inputs, planes[0], outputs, stride), *rest)


def _initialise(trunk: Trunk) -> None:
    """He initialisation; each block's last norm starts small, so that the sixteen blocks' sum starts tame."""
    for module in trunk.modules():
        if isinstance(module, nn.Conv2d) and module.bias is None:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if isinstance(module, Bottleneck):
            nn.init.constant_(module.bn3.weight, 0.25)
