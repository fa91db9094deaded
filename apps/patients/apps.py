"""Who the patient is, what they agreed to, and what they don't want to see."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "apps.patients"
    label = "patients"

    def ready(self) -> None:
        from apps.accounts.commands import on_patient_joined
        from apps.patients import projections
        from apps.patients.joining import begin_record

        projections.register()
        on_patient_joined(begin_record)
