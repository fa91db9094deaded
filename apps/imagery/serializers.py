"""Pictures as the API shows them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from apps.imagery.selectors import KeptImage, ShownImage


class ImageOut(serializers.Serializer[ShownImage]):
    """A picture that was shown; its file is at `content`."""

    id = serializers.UUIDField(source="image_id")
    session_id = serializers.UUIDField(allow_null=True, help_text="null for a picture of an exercise")
    exercise_id = serializers.UUIDField(allow_null=True, help_text="null for a picture of a session")
    shown_at = serializers.DateTimeField()
    alt = serializers.CharField()
    line = serializers.CharField()
    technique = serializers.CharField()
    why = serializers.CharField()
    fallback = serializers.BooleanField(help_text="from the vetted library, not painted by the model")
    model = serializers.CharField()
    rating = serializers.IntegerField(allow_null=True, help_text="-2 to 2; null when the patient gave none")
    content = serializers.SerializerMethodField()

    def get_content(self, image: ShownImage) -> str:
        return reverse("imagery:api-image-content", args=[image.image_id])


def of_image(image: ShownImage) -> dict[str, Any]:
    return dict(ImageOut(image).data)


class KeptImageOut(ImageOut):
    """A picture in the album."""

    kept_at = serializers.DateTimeField()


class AlbumEntryOut(serializers.Serializer[Any]):
    """Whether a picture stands in the album after a write."""

    image_id = serializers.UUIDField()
    kept = serializers.BooleanField()


def of_kept(kept: KeptImage) -> dict[str, Any]:
    """An entry as `KeptImageOut` shows it."""
    return of_image(kept.image) | {"kept_at": serializers.DateTimeField().to_representation(kept.kept_at)}
