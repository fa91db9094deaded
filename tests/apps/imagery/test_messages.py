"""What the patient says about pictures, and what becomes of it in the rows that charts and the engine read."""

from collections.abc import Callable
from threading import Timer
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.http import Http404

from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import messages, scheduling, selectors
from apps.imagery.events import CATEGORY
from apps.imagery.models import ImageRow, TasteRow
from apps.sessions.socket import SocketContext, SocketRefusal
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.living import Living, jobs_of, run_jobs

pytestmark = pytest.mark.usefixtures("no_painter")


@pytest.fixture
def image_id(patient: Living) -> UUID:
    patient.feels(-4)
    run_jobs()
    patient.seal()
    return ImageRow.objects.get(session_id=patient.session_id).id


def context(patient: Living) -> SocketContext:
    return SocketContext(session_id=patient.session_id, patient_id=patient.id, actor=patient.actor)


def own(patient: Living) -> Permit:
    return open_patient(patient.actor, patient.id, to=Right.VIEW_OWN, why=Purpose.SELF)


def react(patient: Living, image_id: UUID, rating: int, note: str = "") -> None:
    body = {"image_id": str(image_id), "rating": rating, "note": note}
    messages._of_this_session(messages._reaction)(context(patient), body, uuid4())
    patient.seal()


def test_a_rating_reaches_the_rows_and_the_last_one_counts(patient: Living, image_id: UUID) -> None:
    react(patient, image_id, 2)
    react(patient, image_id, -1, "too dark")
    assert selectors.image(own(patient), image_id).rating == -1
    assert [seen["rating"] for seen in selectors.taste(patient.id).seen] == [-1]


def test_what_upset_is_hidden_from_the_patient_and_its_kind_is_blocked(patient: Living, image_id: UUID) -> None:
    body = {"image_id": str(image_id)}
    messages._upset(context(patient), body, uuid4())
    patient.seal()
    with pytest.raises(Http404):
        selectors.image(own(patient), image_id)
    taste = selectors.taste(patient.id)
    assert taste.seen[0]["upset"] is True
    assert taste.blocked_kinds == (taste.seen[0]["kind"],)


def test_a_picture_of_elsewhere_is_refused_and_nothing_is_written(patient: Living, image_id: UUID) -> None:
    before = store.version_of(StreamName(CATEGORY, patient.session_id))
    with pytest.raises(SocketRefusal) as refusal:
        react(patient, uuid4(), 1)
    assert refusal.value.code == "image_unknown"
    assert store.version_of(StreamName(CATEGORY, patient.session_id)) == before


@pytest.mark.parametrize("rating", [3, -3, 1.5, "good", None, True])
def test_a_rating_that_is_none_is_refused(patient: Living, image_id: UUID, rating: object) -> None:
    with pytest.raises(SocketRefusal):
        messages._reaction(context(patient), {"image_id": str(image_id), "rating": rating}, uuid4())


def test_an_ended_session_takes_no_rating(patient: Living, image_id: UUID) -> None:
    patient.ends()
    with pytest.raises(SocketRefusal) as refusal:
        react(patient, image_id, 1)
    assert refusal.value.code == "session_ended"


def test_another_one_is_asked_for_once(patient: Living, image_id: UUID) -> None:
    patient.waits(seconds=10)
    command = uuid4()
    for _ in range(2):
        messages._more(context(patient), {}, command)
    assert len(jobs_of(scheduling.COMPOSE)) == 1
    run_jobs()
    patient.seal()
    assert ImageRow.objects.filter(session_id=patient.session_id).count() == 2


def test_without_consent_there_is_no_other_one(patient: Living, image_id: UUID) -> None:
    patient.waits(seconds=10)
    patient.withdraws("images")
    with pytest.raises(SocketRefusal) as refusal:
        messages._more(context(patient), {}, uuid4())
    assert refusal.value.code == "consent"


def test_replaying_the_log_gives_the_rows_that_live_projecting_gave(patient: Living, image_id: UUID) -> None:
    react(patient, image_id, 1, "calm")
    live = facts(patient)
    for name in ("imagery.images", "imagery.taste"):
        call_command("rebuild", name)
    assert facts(patient) == live


def facts(patient: Living) -> object:
    """What the rows say; their sealed bytes differ at each sealing."""
    images = selectors.shown_images(own(patient))
    assert ImageRow.objects.count() == len(images) == 1
    assert TasteRow.objects.count() == 1
    return images, selectors.taste(patient.id), selectors.learned(own(patient))


def test_a_picture_can_be_fetched_as_soon_as_the_log_tells_of_it(patient: Living) -> None:
    """The socket follows the log, the row follows too; a page may be quicker than the projection."""
    from eventstore import sealer
    from eventstore.sealer import run_once

    patient.feels(-4)
    run_jobs()
    while sealer.seal()[0]:
        pass
    (shown,) = [
        one.event
        for one in store.read(StreamName(CATEGORY, patient.session_id))
        if type(one.event).__name__ == "ImageShown"
    ]
    assert ImageRow.objects.count() == 0
    late = Timer(0.3, in_own_connection, [run_once])
    late.start()
    assert selectors.patient_of(shown.image_id) == patient.id
    late.join()


def in_own_connection(work: Callable[[], object]) -> None:
    from django.db import connections

    while work():
        pass
    connections.close_all()
