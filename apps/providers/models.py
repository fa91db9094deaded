"""Read model of the caseload: one row a patient, everything in it sealed, alerts included (a row of one would tell)."""

from typing import Final

from django.db import models

SEALED: Final = "providers.caseload.sealed"
"""The name that binds a sealed value to its column."""


class CaseloadRow(models.Model):
    """What a clinician sees of one patient in a list. Sorted after opening: hundreds of rows, microseconds each."""

    patient_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "providers_caseload"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.patient_id)
