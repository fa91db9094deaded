"""Exercises: thought records, activity plans, grounding, breathing, and exposure ladders written with a clinician."""

from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    name = "apps.exercises"
    label = "exercises"

    def ready(self) -> None:
        from apps.exercises import projections

        projections.register()
