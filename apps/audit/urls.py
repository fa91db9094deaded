from django.urls import include, path

from apps.audit import views

pages = [path("audit/", views.log, name="log"), path("api/v1/audit/", views.AccessLog.as_view(), name="api_log")]

urlpatterns = [path("", include((pages, "audit")))]
