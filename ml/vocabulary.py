"""The words that every part shares, free of torch so that events and the web may import them.

The order of ``EMOTIONS`` is part of the contract: probability columns, label indices and stored bytes follow it.
"""

from typing import Final, Literal, get_args

Emotion = Literal["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
Technique = Literal["cognitive_restructuring", "behavioural_activation", "mindfulness", "progressive_exposure"]

EMOTIONS: Final[tuple[Emotion, ...]] = get_args(Emotion)
TECHNIQUES: Final[tuple[Technique, ...]] = get_args(Technique)

UNCERTAIN: Final = "uncertain"
"""What the reader answers when it abstains: no face, too dark, too blurred, too small or too little confidence."""
