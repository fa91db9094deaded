"""A reported mood as one of the seven emotions, so that a session without a camera keeps the same record.

Russell's circumplex (1980): valence says which side, arousal says how stirred. Reported distress stands for arousal on
the unpleasant side, where stirred means afraid and still means sad. Anger and disgust cannot be told from two numbers
and are left to the correction, in which the patient names the emotion.
"""

from ml.vocabulary import Emotion

UNPLEASANT = -2
PLEASANT = 2
STIRRED = 60
"""Distress from which an unpleasant mood counts as fear (subjective units of distress, 0 to 100)."""


def emotion_of_mood(valence: int, distress: int | None) -> Emotion:
    """The nearest of the seven emotions; ``valence`` -5 to 5, ``distress`` 0 to 100 or unsaid."""
    stirred = distress is not None and distress >= STIRRED
    if valence <= UNPLEASANT:
        return "fear" if stirred else "sadness"
    if valence >= PLEASANT:
        return "happiness"
    return "fear" if stirred else "neutral"


def intensity_of_mood(valence: int, distress: int | None) -> float:
    """How strong, 0 to 1: the larger of how far from the middle and how distressed."""
    return max(abs(valence) / 5, (distress or 0) / 100 if valence < PLEASANT else 0.0)
