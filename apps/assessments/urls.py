"""Pages for the patient, and the API."""

from django.urls import path

from apps.assessments import api, views

app_name = "assessments"

urlpatterns = [
    path("assessments/", views.home, name="home"),
    path("assessments/start/", views.start, name="start"),
    path("assessments/<uuid:assessment_id>/", views.form, name="form"),
    path("api/v1/instruments/", api.InstrumentList.as_view(), name="api-instruments"),
    path("api/v1/instruments/<str:key>/", api.InstrumentDetail.as_view(), name="api-instrument"),
    path("api/v1/assessments/", api.AssessmentList.as_view(), name="api-assessments"),
    path("api/v1/assessments/<uuid:assessment_id>/", api.AssessmentDetail.as_view(), name="api-assessment"),
    path("api/v1/assessments/<uuid:assessment_id>/answers/", api.Answers.as_view(), name="api-answers"),
    path("api/v1/assessments/<uuid:assessment_id>/submission/", api.Submission.as_view(), name="api-submission"),
]
