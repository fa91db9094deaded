"""Streams: a category and the id of what it tells about."""

import re
import uuid
from dataclasses import dataclass
from uuid import UUID

_NAMESPACE = uuid.UUID("8f2f5b7e-6a2f-5d52-8d1e-0a7a4a6f2c55")
_CATEGORY = re.compile(r"[a-z][a-z_]{0,62}")


@dataclass(frozen=True, slots=True)
class StreamName:
    """`str()` gives "session-<uuid>"; `stream_id` is a UUID of that text, the same everywhere."""

    category: str
    entity_id: UUID

    def __post_init__(self) -> None:
        if not _CATEGORY.fullmatch(self.category):
            raise ValueError(f"not a stream category: {self.category!r}")

    def __str__(self) -> str:
        return f"{self.category}-{self.entity_id}"

    @property
    def stream_id(self) -> UUID:
        return uuid.uuid5(_NAMESPACE, str(self))

    @classmethod
    def parse(cls, text: str) -> "StreamName":
        """The inverse of `str()`.

        Raises:
            ValueError: not a stream's name.
        """
        category, _, entity_id = text.partition("-")
        return cls(category, UUID(entity_id))
