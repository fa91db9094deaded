"""The clinician's pages, and the API."""

from django.urls import path

from apps.providers import api, care_views, picture_views, views, written_views

app_name = "providers"

urlpatterns = [
    path("caseload/", views.caseload, name="caseload"),
    path("patients/<uuid:patient_id>/", views.chart, name="chart"),
    path("patients/<uuid:patient_id>/pictures/", picture_views.pictures, name="pictures"),
    path("patients/<uuid:patient_id>/care/", care_views.care, name="care"),
    path("patients/<uuid:patient_id>/written/", written_views.written, name="written"),
    path("alerts/", views.alerts, name="alerts"),
    path("patients/<uuid:patient_id>/alerts/<uuid:alert_id>/", views.acknowledge, name="acknowledge"),
    path("api/v1/caseload/", api.CaseloadList.as_view(), name="api-caseload"),
    path("api/v1/alerts/", api.AlertList.as_view(), name="api-alerts"),
    path(
        "api/v1/patients/<uuid:patient_id>/alerts/<uuid:alert_id>/acknowledgement/",
        api.Acknowledgement.as_view(),
        name="api-acknowledge",
    ),
]
