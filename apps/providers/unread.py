"""Texts that no machine could read so far: a note that raised nothing is not told from them by its look."""

from collections.abc import Iterable
from uuid import UUID

from apps.providers.reading import READ, READ_LATE
from eventstore import jobs


def unread(patient_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many texts of each of these patients nobody has read minutes after they were written; without the others."""
    owed = jobs.owed(READ_LATE, instead=READ, by="patient_id", among=map(str, patient_ids))
    return {UUID(patient_id): count for patient_id, count in owed.items()}
