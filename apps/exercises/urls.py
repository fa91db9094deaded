"""Pages for the patient and the clinician, and the API."""

from django.urls import path

from apps.exercises import api, care, ladder_api, ladder_views, views

app_name = "exercises"
_API = "api/v1/exercises/"
_LADDER = f"{_API}ladders/<uuid:ladder_id>/"

urlpatterns = [
    path("exercises/", views.home, name="home"),
    path("exercises/begin/", views.begin, name="begin"),
    path("exercises/<uuid:exercise_id>/", views.exercise, name="exercise"),
    path("exercises/ladders/<uuid:ladder_id>/", ladder_views.ladder, name="ladder"),
    path("patients/<uuid:patient_id>/exercises/", care.of_patient, name="of-patient"),
    path("patients/<uuid:patient_id>/exercises/<uuid:exercise_id>/", care.record, name="record"),
    path("patients/<uuid:patient_id>/ladders/new/", care.new_ladder, name="new-ladder"),
    path("patients/<uuid:patient_id>/ladders/<uuid:ladder_id>/", care.edit_ladder, name="edit-ladder"),
    path(_API, api.ExerciseList.as_view(), name="api-exercises"),
    path(f"{_API}worksheets/", api.WorksheetList.as_view(), name="api-worksheets"),
    path(f"{_API}<uuid:exercise_id>/", api.ExerciseDetail.as_view(), name="api-exercise"),
    path(f"{_API}<uuid:exercise_id>/entries/", api.Entries.as_view(), name="api-entries"),
    path(f"{_API}<uuid:exercise_id>/state/", api.State.as_view(), name="api-state"),
    path(f"{_API}ladders/", ladder_api.LadderList.as_view(), name="api-ladders"),
    path(_LADDER, ladder_api.LadderDetail.as_view(), name="api-ladder"),
    path(f"{_LADDER}closing/", ladder_api.Closing.as_view(), name="api-closing"),
    path(f"{_LADDER}agreement/", ladder_api.Agreement.as_view(), name="api-agreement"),
    path(f"{_LADDER}attempts/", ladder_api.Attempts.as_view(), name="api-attempts"),
    path(f"{_LADDER}distress/", ladder_api.Distress.as_view(), name="api-distress"),
    path(f"{_LADDER}stop/", ladder_api.Stop.as_view(), name="api-stop"),
    path(f"{_LADDER}end/", ladder_api.End.as_view(), name="api-end"),
]
