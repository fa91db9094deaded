"""Read models: what the log says about each patient, ready to be looked up. Rebuilt from events at any time."""

from typing import Final

from django.db import models

SEALED: Final = "patients.patient.sealed"
"""The name that binds a sealed value to its column."""


class PatientRow(models.Model):
    """One patient. Only the id and the day stand in the clear; the rest is sealed under the patient's own key."""

    patient_id = models.UUIDField(primary_key=True)
    registered_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "patients_patient"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.patient_id)
