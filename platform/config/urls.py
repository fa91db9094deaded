"""All routes. Each app declares its own from the root (pages and `api/v1/…`) in `apps/<name>/urls.py`."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health
from config.settings.base import present

handler400 = "access.errors.bad_request"
handler403 = "access.errors.forbidden"
handler404 = "access.errors.not_found"
handler500 = "access.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    *([path("admin/", admin.site.urls)] if apps.is_installed("django.contrib.admin") else []),
    *(path("", include(f"{name}.urls")) for name in settings.ATTUNE_APPS if present(f"{name}.urls")),
]
