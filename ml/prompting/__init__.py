"""The CBT engine: a state, what was shown before, what the patient likes and must not see → one explained prompt.

Pure and seeded: the same engine, library and inputs give the same choice, so that a session can be replayed from the
log. `choose.choose` is the one call; `templates/` holds what it chooses from, a cell (technique, emotion) a file.
"""

from typing import Final

ENGINE: Final = "cbt-8"
"""Recorded with every decision. Raised whenever the same inputs could give another choice."""
REPEATS: Final = frozenset({"cbt-3", "cbt-4", "cbt-5", "cbt-6", "cbt-7"})
"""Earlier engines whose decisions this one makes the same again: what came since asks for inputs that
theirs lack, or chooses where theirs found nothing. Those before cbt-6 knew the first four styles alone. What
cbt-8 decides otherwise from the same inputs is left out for them (`Preferences.until_cbt7`)."""
