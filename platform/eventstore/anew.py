"""Load, decide, append: where somebody wrote in between, what was decided is decided anew."""

from collections.abc import Callable
from typing import Final, TypeVar

from eventstore.errors import WrongExpectedVersion

Result = TypeVar("Result")
ATTEMPTS: Final = 4


def anew(work: Callable[[], Result]) -> Result:
    """`work` loads, decides and appends; the same again when another wrote first.

    Raises:
        WrongExpectedVersion: others were first each time; retry later.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return work()
        except WrongExpectedVersion:
            continue
    return work()
