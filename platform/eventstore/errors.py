"""What the store refuses, and whether trying again helps."""


class StoreError(Exception):
    """Anything the event store refuses. `retry` says whether the same call may succeed later."""

    retry = False


class WrongExpectedVersion(StoreError):
    """Someone wrote first. Reload the stream, decide anew and append again."""

    retry = True

    def __init__(self, stream: object, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, not {expected}")
        self.expected, self.actual = expected, actual


class SubjectDiffers(StoreError):
    """A stream belongs to one subject from its first event on; this append names another."""


class SubjectMissing(StoreError):
    """A new stream was to be sealed under the system's key, and its category is not declared a system one."""


class UnknownEventType(StoreError):
    """The log holds an event that this code does not know: deploy the code that wrote it, then go on."""


class EventMalformed(StoreError):
    """An event's fields do not fit its declaration."""


class StaleClaim(StoreError):
    """Another worker took this job over, or it is done: throw the result away."""


class ProjectionUnknown(StoreError):
    """No projection of that name is registered."""


class UnsafeRole(StoreError):
    """The app's database role could change what was recorded. Refuse to start."""
