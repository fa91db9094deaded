"""Read models: each form with its answers and score, sealed. Rebuilt from events at any time."""

from typing import Final

from django.db import models

SEALED: Final = "assessments.assessment.sealed"
"""The name that binds a sealed value to its column."""


class AssessmentRow(models.Model):
    """One form. Which questionnaire it is says something about the patient, so that too is sealed."""

    id = models.UUIDField(primary_key=True)
    patient_id = models.UUIDField(db_index=True)
    started_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "assessments_assessment"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)
