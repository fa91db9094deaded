"""Questionnaires: answered a question at a time, scored by their source's rules, never cleared silently."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "apps.assessments"
    label = "assessments"

    def ready(self) -> None:
        from apps.assessments import projections

        projections.register()
