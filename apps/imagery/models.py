"""Read models: each picture shown, each patient's album, taste and pairs; sealed. Rebuilt from events at any time."""

from typing import Final

from django.db import models

IMAGE: Final = "imagery.image.sealed"
ALBUM: Final = "imagery.album.sealed"
TASTE: Final = "imagery.taste.sealed"
PAIR: Final = "imagery.pair.sealed"
"""The names that bind sealed values to their columns."""


class ImageRow(models.Model):
    """A picture that was shown. The id is the blob's; `session_id` is the exercise's where it was shown at one."""

    id = models.UUIDField(primary_key=True)
    patient_id = models.UUIDField()
    session_id = models.UUIDField()
    shown_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "imagery_image"
        default_permissions = ()
        indexes = (models.Index(fields=["patient_id", "-shown_at"], name="newest_of_patient"),)

    def __str__(self) -> str:
        return str(self.id)


class AlbumRow(models.Model):
    """Which pictures a patient keeps, and since when. One row a patient: not even how many they are stands in clear."""

    patient_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "imagery_album"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.patient_id)


class TasteRow(models.Model):
    """What was shown to a patient and how it was taken, newest last: what the engine learns from."""

    patient_id = models.UUIDField(primary_key=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "imagery_taste"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.patient_id)


class PairRow(models.Model):
    """Two pictures that were offered for comparison after a session, and what was answered."""

    session_id = models.UUIDField(primary_key=True)
    patient_id = models.UUIDField()
    offered_at = models.DateTimeField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "imagery_pair"
        default_permissions = ()
        indexes = (models.Index(fields=["patient_id", "offered_at"], name="pairs_of_patient"),)

    def __str__(self) -> str:
        return str(self.session_id)
