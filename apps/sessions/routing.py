"""The live session's socket."""

from django.urls import path

from apps.sessions.consumers import SessionConsumer

websocket_urlpatterns = [
    path("ws/sessions/<uuid:session_id>/", SessionConsumer.as_asgi(), name="session"),  # type: ignore[arg-type]
]
