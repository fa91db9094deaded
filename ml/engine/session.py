"""An ONNX graph, ready to run on the processor; takes and gives torch's tensors."""

import onnxruntime
import torch
from torch import Tensor


class Session:
    """One graph with one input. As many threads as torch has when it is made."""

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, x: Tensor) -> tuple[Tensor, ...]:
        """Float32 in any layout of memory → all outputs, in the graph's order."""
        answers = self._session.run(None, {self._input: x.contiguous().numpy()})
        return tuple(torch.from_numpy(answer) for answer in answers)
