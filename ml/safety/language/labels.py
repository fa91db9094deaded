"""What a text can be about that nobody should be shown unasked, or that a person should look at."""

from typing import Final

LABELS: Final = (
    "self_harm", "violence", "sexual", "weapons", "substances", "eating_body", "medical_fear", "abuse",
    "hopelessness", "hate", "horror", "injection",
)  # fmt: skip
"""`violence` includes gore, `substances` alcohol and tobacco, `injection` is an instruction meant for the machine."""
