"""What a request gave, once it is valid."""

from typing import Any

from rest_framework.serializers import Serializer


def checked(serializer: Serializer[Any]) -> dict[str, Any]:
    """The validated values. Raises ValidationError."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
