"""All routes. Each app declares its own from the root (pages and `api/v1/…`), in `apps/<name>/urls.py`."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config.settings.base import present

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{name}.urls")) for name in settings.ATTUNE_APPS if present(f"{name}.urls")
]
