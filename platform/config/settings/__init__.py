"""Settings by job (base, databases, security, messaging, logs, product) and by place (local, test, production).

A place takes the uppercase names of the jobs with `gather` and says only what differs.
"""

from types import ModuleType
from typing import Any


def gather(*jobs: ModuleType) -> dict[str, Any]:
    """All settings of the given modules; a name that two of them set is a mistake."""
    found: dict[str, Any] = {}
    for job in jobs:
        names = {name: value for name, value in vars(job).items() if name.isupper()}
        twice = found.keys() & names.keys()
        if twice:
            raise ValueError(f"set twice: {', '.join(sorted(twice))}")
        found.update(names)
    return found
