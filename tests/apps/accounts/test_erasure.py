"""An erased patient is nobody here any more, and nobody's patient."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.test import Client
from django.utils import timezone

from access import caseload, grants
from access.door import Right
from access.models import Assignment, PatientGrant, PatientHandle
from apps.accounts.commands import invite
from apps.accounts.models import Invitation, RecoveryLink, User
from apps.accounts.recovery import make_link
from apps.accounts.sign_in import NOBODYS
from eventstore import erasure, store, wire
from eventstore.actor import Actor
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName

LOGIN, PASSWORD = "ada.canary@example.org", "quiet-lake-at-dawn-7"
SETUP = Actor.system("test")


def test_nothing_of_an_erased_patient_stays_but_ids_and_times(patient: User, provider: User) -> None:
    caseload.assign(provider.id, patient.id, actor=SETUP)
    grants.grant(provider.id, patient.id, Right.EXPORT, until=timezone.now() + timedelta(days=1), actor=SETUP)
    make_link(patient)
    invite("patient", invited_by=provider.actor, user_id=patient.id)
    for _ in range(2):
        erasure.erase(patient.id)
    assert not RecoveryLink.objects.filter(user=patient).exists()
    assert not Invitation.objects.filter(user_id=patient.id).exists()
    assert not PatientHandle.objects.filter(pk=patient.id).exists()
    assert not PatientGrant.objects.exists()
    assert Assignment.objects.get().ends_at <= timezone.now()
    assert caseload.providers_of(patient.id) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT u::text FROM accounts_user u WHERE id = %s", [patient.id])
        assert r"\x" not in cursor.fetchone()[0], "no sealed value, no index"


def test_an_erased_accounts_events_are_tombstones(patient: User) -> None:
    erasure.erase(patient.id)
    assert all(isinstance(one.event, Tombstone) for one in store.read(StreamName("user", patient.id)))


def test_an_erased_patient_signs_in_like_someone_unknown(client: Client, patient: User) -> None:
    erasure.erase(patient.id)
    of_before = streams()
    assert client.post("/sign-in/", {"login": LOGIN, "password": PASSWORD}).status_code == 422
    new = streams() - of_before
    assert len(new) == 1
    assert new < set(NOBODYS), "of an address that was erased, no stream's name is made"


def streams() -> set[UUID]:
    return {row[0] for row in wire.fetchall("SELECT entity_id FROM eventstore.stream", [])}


def test_every_table_of_accounts_and_access_is_declared(db: None) -> None:
    from django.apps import apps

    from eventstore.projection import registered

    declared = {place.what for place in erasure.patient_data()} | set(erasure.free_of_patient_data())
    declared |= {model._meta.db_table for projection in registered().values() for model in projection.models}
    ours = {
        model._meta.db_table for label in ("accounts", "access") for model in apps.get_app_config(label).get_models()
    }
    assert ours <= declared
