"""What a request gave, once it is valid."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer


class Exact(Serializer[Any]):
    """Takes its own fields and no others: a misspelt one would be passed over, and its default replace what stands.

    `passed_over` are fields of the answer with which a body may come back as it was read.
    """

    passed_over: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError, by name, for what is no field."""
        if isinstance(data, Mapping) and (unknown := [*data.keys() - self.fields.keys() - self.passed_over]):
            raise ValidationError({name: ["there is no such field"] for name in sorted(unknown)})
        return super().to_internal_value(data)


def checked(serializer: Serializer[Any]) -> dict[str, Any]:
    """The validated values. Raises ValidationError."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
