"""Figures on labelled faces that lie in files: they need not fit in memory, nor be grey."""

from typing import Any

from ml.emotion.abstain import Bar
from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.measuring.metrics import kept_curve, report
from ml.emotion.measuring.predict import probabilities_of
from ml.emotion.network import EmotionNet
from ml.emotion.training.machine import Machine
from ml.emotion.training.validate import answers


def measure_files(model: EmotionNet, faces: LabelledFaces) -> dict[str, Any]:
    """The faces that can be read, each with its mirror image; `single_pass`: without it.

    Raises:
        NoSuchData: too many files are broken.
    """
    said = answers(model, faces, Machine(), mirrored=True)
    probabilities = probabilities_of(said.logits, float(model.temperature))
    figures = report(probabilities, said.labels, bar=Bar().least_confidence)
    figures["curve"] = kept_curve(probabilities, said.labels)
    figures["single_pass"] = answers(model, faces, Machine()).verdict().accuracy
    return figures
