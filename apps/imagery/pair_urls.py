"""The two pictures that a session's last page may ask about."""

from django.urls import path

from apps.imagery import pair_api, pair_views
from apps.imagery.pairs import FIRST, SECOND

urlpatterns = [
    path("session/<uuid:session_id>/pair/", pair_views.pair, name="pair"),
    path("session/<uuid:session_id>/pair/first/", pair_views.picture, {"place": FIRST}, name="pair-first"),
    path("session/<uuid:session_id>/pair/second/", pair_views.picture, {"place": SECOND}, name="pair-second"),
    path("api/v1/sessions/<uuid:session_id>/pair/", pair_api.PairedChoice.as_view(), name="api-pair"),
]
