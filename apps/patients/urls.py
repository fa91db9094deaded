"""The patient's own data, and the API."""

from django.urls import path

from apps.patients import api, care_views, goal_api, views

app_name = "patients"

urlpatterns = [
    path("me/consent/", views.consent, name="consent"),
    path("me/triggers/", views.triggers, name="triggers"),
    path("me/likes/", views.preferences, name="preferences"),
    path("me/goals/reached/", views.goal, name="goal"),
    path("me/settings/", views.settings, name="settings"),
    path("patients/<uuid:patient_id>/care/plan/", care_views.plan, name="care-plan"),
    path("patients/<uuid:patient_id>/care/goals/", care_views.goals, name="care-goals"),
    path("patients/<uuid:patient_id>/care/goals/reached/", care_views.goal, name="care-goal"),
    path("patients/<uuid:patient_id>/care/triggers/", care_views.triggers, name="care-triggers"),
    path("api/v1/patients/", api.PatientList.as_view(), name="api-patients"),
    path("api/v1/patients/<uuid:patient_id>/", api.PatientDetail.as_view(), name="api-patient"),
    path("api/v1/patients/<uuid:patient_id>/consents/<str:purpose>/", api.Consent.as_view(), name="api-consent"),
    path("api/v1/patients/<uuid:patient_id>/triggers/", api.Triggers.as_view(), name="api-triggers"),
    path("api/v1/patients/<uuid:patient_id>/preferences/", api.Preferences.as_view(), name="api-preferences"),
    path("api/v1/patients/<uuid:patient_id>/goals/reached/", goal_api.ReachedGoal.as_view(), name="api-goal"),
    path("api/v1/patients/<uuid:patient_id>/settings/", api.Settings.as_view(), name="api-settings"),
    path("api/v1/patients/<uuid:patient_id>/plan/", api.Plan.as_view(), name="api-plan"),
]
