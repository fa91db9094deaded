"""What the forms of a page say of themselves when one of them came back as it was sent. Pure."""

from collections.abc import Mapping
from typing import Any


def seen_by_form(sent: Mapping[str, Any], now: int) -> dict[str, Any]:
    """What each list's form was made from, and whether it holds what is not saved.

    A list that comes back as it was sent stands beside what its writer saw, not beside what stands now: else the next
    try would take out what others added meanwhile, unseen.
    """
    lists = {"likes": "goals" in sent, "triggers": "words" in sent}
    seen = {f"{name}_seen": sent.get("seen", now) if was_sent else now for name, was_sent in lists.items()}
    return seen | {f"{name}_unsaved": was_sent for name, was_sent in lists.items()}
