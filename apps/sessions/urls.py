"""Pages for the patient, and the API."""

from django.urls import path

from apps.sessions import api, views

app_name = "care_sessions"

urlpatterns = [
    path("session/", views.prepare, name="prepare"),
    path("session/consent/", views.consent, name="consent"),
    path("session/start/", views.start, name="start"),
    path("session/<uuid:session_id>/", views.live, name="live"),
    path("api/v1/sessions/", api.SessionList.as_view(), name="api-sessions"),
    path("api/v1/sessions/<uuid:session_id>/timeline/", api.SessionTimeline.as_view(), name="api-timeline"),
]
