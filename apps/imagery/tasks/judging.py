"""Installs what judges pictures, as the settings say; once a process, before the first picture is judged."""

from functools import cache

from django.conf import settings


@cache
def unjudged() -> tuple[str, ...]:
    """What nothing installed here can see in a picture. Raises as `ml.safety.image.equip` does."""
    from ml.safety.image import equip

    return equip(settings.ATTUNE_SAFETY_CLIP, settings.ATTUNE_SAFETY_DEVICE, settings.ATTUNE_SAFETY_THRESHOLDS)
