"""Gradient checkpointing of one stage (Chen et al., Training deep nets with sublinear memory cost, 2016)."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


def recomputed(stage: nn.Module, x: Tensor) -> Tensor:
    """stage(x), whose inner results are let go and computed again for the gradient; same result, same gradients."""

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), _norms_at_rest(stage)

    answer: Tensor = checkpoint(stage, x, use_reentrant=False, context_fn=contexts)
    return answer


@contextmanager
def _norms_at_rest(stage: nn.Module) -> Iterator[None]:
    """The second pass must not count into the running means and variances again."""
    norms = [module for module in stage.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [
        (norm, norm.momentum, counted, counted.clone())
        for norm in norms
        if (counted := norm.num_batches_tracked) is not None
    ]
    for norm, *_ in before:
        norm.momentum = 0.0
    try:
        yield
    finally:
        for norm, momentum, counter, counted in before:
            norm.momentum = momentum
            counter.copy_(counted)
