"""Read models: each exercise, sealed, and which ladders there are. Rebuilt from events at any time."""

from typing import Final

from django.db import models

SEALED: Final = "exercises.exercise.sealed"
"""The name that binds a sealed value to its column."""


class ExerciseRow(models.Model):
    """One exercise. Which one it is says something about the patient, so that too is sealed."""

    id = models.UUIDField(primary_key=True)
    patient_id = models.UUIDField(db_index=True)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "exercises_exercise"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)


class LadderRow(models.Model):
    """That there is a ladder. What it says is short and must never lag behind, so it's read from its stream."""

    id = models.UUIDField(primary_key=True)
    patient_id = models.UUIDField(db_index=True)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "exercises_ladder"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)
