"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def crisis(request: HttpRequest) -> dict[str, Any]:
    """The crisis help of this installation's region; it stands in the same place on each patient page."""
    return {"crisis": settings.ATTUNE_CRISIS}
