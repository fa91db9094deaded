"""The patient's own pages. `crisis-help` stands outside the namespace, since every page links to it."""

from django.urls import include, path

from apps.portal import album, views, wishes

own = (
    [
        path("me/", views.home, name="home"),
        path("me/preferences/", wishes.page, name="preferences"),
        path("me/access/", views.access, name="access"),
        path("album/", album.page, name="album"),
    ],
    "portal",
)

urlpatterns = [
    path("help/now/", views.help_now, name="crisis-help"),
    path("", include(own)),
]
