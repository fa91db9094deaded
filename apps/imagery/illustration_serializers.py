"""The picture of an exercise as the API shows it."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from apps.imagery.illustration import STATES, Illustration


class IllustrationOut(serializers.Serializer[Any]):
    """How it stands with the picture; ask again while it is waited for."""

    stands = serializers.ChoiceField(choices=STATES)
    refused = serializers.CharField(help_text='why none may be asked for now; "" where one may')
    image_id = serializers.UUIDField(allow_null=True)
    alt = serializers.CharField()
    line = serializers.CharField()
    why = serializers.CharField()
    fallback = serializers.BooleanField(help_text="from the vetted library, not painted by the model")
    rating = serializers.IntegerField(allow_null=True, help_text="-2 to 2; null when the patient gave none")
    content = serializers.CharField(allow_null=True)


class IllustrationUpsetIn(serializers.Serializer[Any]):
    image_id = serializers.UUIDField()


class IllustrationRatedIn(serializers.Serializer[Any]):
    image_id = serializers.UUIDField()
    rating = serializers.IntegerField(min_value=-2, max_value=2, help_text="-2 much worse, 0 no change, 2 much better")


def of_illustration(found: Illustration) -> dict[str, Any]:
    """As `IllustrationOut` shows it."""
    shown = found.shown
    return {
        "stands": found.state,
        "refused": found.refused,
        "image_id": str(shown.image_id) if shown else None,
        "alt": shown.alt if shown else "",
        "line": shown.line if shown else "",
        "why": found.why,
        "fallback": bool(shown and shown.fallback),
        "rating": found.rating,
        "content": reverse("imagery:api-image-content", args=[shown.image_id]) if shown else None,
    }
