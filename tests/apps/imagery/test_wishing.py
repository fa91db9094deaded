"""A picture for a balanced thought: asked for by the patient alone, decided as in a session; real stores and engine."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from access.door import Purpose, Right, open_patient
from access.permit import WrongPermit
from apps.exercises import commands as exercises
from apps.exercises.events import EXERCISE, PictureWished
from apps.imagery import illustration, keeping, scheduling, wishing
from apps.imagery.aggregate import ImageUnknown, Request
from apps.imagery.events import ImageComposed, ImageReacted, ImageRequested, ImageShown, ImageWithdrawn, RequestEnded
from apps.imagery.models import ImageRow, TasteRow
from apps.imagery.tasks import deciding, painting
from apps.imagery.tasks.errands import Errand
from apps.patients import commands as patients
from apps.patients.erasing import erase_patient
from apps.patients.events import PlanSet
from eventstore import store
from eventstore.actor import Actor
from eventstore.jobs import Claim
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName
from ml.prompting.library import by_id
from ml.prompting.recorded import decide
from ml.prompting.triggers import named_in
from ml.scenes.spec import KINDS
from ml.vocabulary import TECHNIQUES
from tests.apps.imagery.living import Clock, Living, Seal, jobs_of, living, run_jobs
from tests.apps.imagery.wished import OWN_WORDS, of, own, pictured, rate, wish, written
from vault import blobs

pytestmark = pytest.mark.usefixtures("no_painter")
CR, BA, MF, PE = TECHNIQUES
Asked = list[tuple[object, ...]]


def plans(patient: Living, **limits: Any) -> None:
    usual: dict[str, Any] = {
        "most_pictures": None, "intensity_ceiling": None, "techniques_out": (), "techniques_preferred": (), "note": "",
    }  # fmt: skip
    patients.set_plan(patient.id, PlanSet(**(usual | limits)), actor=Actor.system("test"), command_id=uuid4())
    patient.seal()


def refused(patient: Living, exercise_id: UUID) -> str:
    with pytest.raises(wishing.WishRefused) as no:
        wish(patient, exercise_id)
    return no.value.reason


def test_a_wish_is_answered_by_the_way_of_thought_records_and_decided_the_same_again(
    patient: Living, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise_id, composed, shown = pictured(patient)
    [wished], [asked] = of(exercise_id, PictureWished, EXERCISE), of(exercise_id, ImageRequested)
    assert wished.wish_id == asked.request_id == composed.request_id == shown.request_id
    assert (asked.reason, asked.emotion, asked.intensity) == ("wish", "fear", 0.35)
    assert composed.technique == by_id()[composed.template].technique == shown.technique == CR
    assert shown.why[0] == "You asked for a picture for your fairer thought."
    assert (shown.fallback, blobs.open(patient.id, shown.image_id).media_type) == ("PainterMissing", "image/webp")
    call_command("replay", str(exercise_id), "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"decisions": 1, "identical": 1, "differences": []}


def test_none_of_the_patients_words_leave_the_exercise(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: Asked = []

    def hears(*told: object, **_: object) -> None:
        heard.append(told)
        raise painting.PainterFailed("PainterMissing")

    monkeypatch.setattr(painting, "paint", hears)
    exercise_id, composed, _ = pictured(patient)
    assert composed.prompt in heard[0]
    log = [str(one.event) for one in store.read(StreamName("imagery", exercise_id))]
    assert not [word for word in OWN_WORDS if word in f"{heard}{log}"]


def test_the_clinicians_limits_and_a_strong_feeling_come_before_the_wish(patient: Living) -> None:
    limits: list[tuple[dict[str, Any], str, int, set[str]]] = [
        ({"techniques_out": (CR,)}, "fear", 35, {BA, MF}),
        ({"intensity_ceiling": 30}, "fear", 35, {MF}),
        ({"intensity_ceiling": 40}, "fear", 35, {CR}),
        ({}, "fear", 80, {MF}),  # too strong for thinking it through
        ({}, "neutral", 80, {MF}),  # in words that nobody here knows: it may be a hard one
        ({}, "neutral", 74, {CR}),
        ({}, "happiness", 80, {CR}),
    ]
    exercise_id, request_id = written(patient), uuid4()
    for plan, emotion, strength, techniques in limits:
        plans(patient, **plan)
        claim = Claim(uuid4(), scheduling.COMPOSE, request_id, {}, 1, 1, timezone.now())
        errand = Errand(claim, request_id, exercise_id, patient.id, scheduling.WISH, 0)
        inputs = deciding.gather(errand, Request(scheduling.WISH, emotion, strength / 100, timezone.now()))
        found = [decide(inputs, seed) for seed in range(5)]
        assert {one.technique for one in found} <= techniques
        for why in (deciding.why(errand.occasion, one, inputs) for one in found):
            assert why[0] == "You asked for a picture for your fairer thought."
            assert ("It takes a wider view, as you did." in why) == (techniques == {CR})


def test_no_picture_touches_what_the_patient_avoids_or_what_was_set_aside(patient: Living) -> None:
    _, _, first = pictured(patient)
    patient.avoids("water", "dark", words=("meadow",))
    allowed = open_patient(patient.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
    keeping.leave_out_of(allowed, first.image_id, "kind", reason="agreed on together", command_id=uuid4())
    _, composed, shown = pictured(patient)
    assert not named_in(f"{composed.prompt} {shown.alt} {shown.kind}", ("water", "dark", "meadow"))
    assert first.kind not in (by_id()[composed.template].kind, shown.kind)


@pytest.mark.parametrize("what", ["picture", "template", "style", "kind"])
def test_a_picture_of_what_was_set_aside_goes_from_the_page_of_its_thought(patient: Living, what: str) -> None:
    exercise_id, _, shown = pictured(patient)
    allowed = open_patient(patient.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
    keeping.leave_out_of(allowed, shown.image_id, what, reason="agreed on together", command_id=uuid4())
    at = illustration.of_exercise(own(patient), exercise_id, timezone.now())
    assert (at.state, at.shown) == ("open", None)


def test_while_one_is_painted_asking_again_gives_the_same_answer(patient: Living) -> None:
    exercise_id, click = written(patient), uuid4()
    for command_id in (click, click, uuid4()):
        wish(patient, exercise_id, command_id)
    assert len(of(exercise_id, ImageRequested)) == len(of(exercise_id, PictureWished, EXERCISE)) == len(jobs_of()) == 1
    run_jobs()
    patient.seal()
    patient.waits(seconds=3)
    wish(patient, exercise_id, click)  # a late repeat of the first press
    assert len(of(exercise_id, ImageRequested)) == 1
    wish(patient, exercise_id)
    run_jobs()
    run_jobs(scheduling.DEADLINE)
    assert len(of(exercise_id, ImageShown)) == len(of(exercise_id, PictureWished, EXERCISE)) == 2


@pytest.mark.parametrize("most", [1, None])
def test_two_wishes_for_one_thought_at_once_give_one_picture(
    patient: Living, monkeypatch: pytest.MonkeyPatch, most: int | None
) -> None:
    plans(patient, most_pictures=most)
    exercise_id, append, crossed = written(patient), store.append, list[None]()

    def elsewhere() -> None:
        wish(patient, exercise_id)
        connections.close_all()

    def crossing(stream: StreamName, happened: Any, **more: Any) -> int:
        if not crossed and isinstance(happened[0], ImageRequested | PictureWished):
            crossed.append(None)
            with ThreadPoolExecutor(1) as window:  # a connection of its own, as another web process has
                window.submit(elsewhere).result()
        return append(stream, happened, **more)

    monkeypatch.setattr(store, "append", crossing)
    if most:
        assert refused(patient, exercise_id) == "enough"
    else:
        wish(patient, exercise_id)
    assert crossed
    assert len(of(exercise_id, ImageRequested)) == len(of(exercise_id, PictureWished, EXERCISE)) == len(jobs_of()) == 1


def test_a_late_picture_is_a_vetted_scene(patient: Living) -> None:
    exercise_id = written(patient)
    wish(patient, exercise_id)
    run_jobs(scheduling.DEADLINE)
    run_jobs()
    [shown] = of(exercise_id, ImageShown)
    assert (shown.fallback, shown.technique) == ("late", CR)


def test_where_no_template_is_approved_it_is_a_vetted_scene_and_where_nothing_stands_there_is_none(
    patient: Living, settings: LazySettings
) -> None:
    settings.ATTUNE_DEMANDS_APPROVED = True
    exercise_id = written(patient)
    wish(patient, exercise_id)
    run_jobs()
    [shown] = of(exercise_id, ImageShown)
    assert (shown.fallback, of(exercise_id, ImageComposed)) == ("nothing_stands", [])
    patient.avoids(words=tuple(KINDS))
    patient.waits(seconds=3)
    wish(patient, exercise_id)
    run_jobs()
    assert [one.reason for one in of(exercise_id, RequestEnded)] == ["nothing_stands"]


def test_a_picture_is_for_a_balanced_thought_that_was_rated_anew_or_finished(patient: Living) -> None:
    unrated = dict.fromkeys(("feeling_1_after", "feeling_2_after", "belief_after"))
    put_away = written(patient, done=False)
    exercises.set_aside(own(patient), put_away, command_id=uuid4())
    for early in (written(patient, done=False, balanced=None), written(patient, done=False, **unrated), put_away):
        assert refused(patient, early) == "not_ready"
        assert not of(early, ImageRequested) and not of(early, PictureWished, EXERCISE)
    for ready in (written(patient, done=False), written(patient, **unrated)):
        wish(patient, ready)
    assert len(jobs_of()) == 2


def test_without_consent_nothing_is_asked_for_and_taken_back_while_painting_shows_nothing(patient: Living) -> None:
    exercise_id = written(patient)
    wish(patient, exercise_id)
    patient.withdraws("images")
    run_jobs()
    assert [one.reason for one in of(exercise_id, RequestEnded)] == ["consent"]
    assert not of(exercise_id, ImageShown)
    assert refused(patient, exercise_id) == "consent"
    assert len(of(exercise_id, PictureWished, EXERCISE)) == 1
    folder = blobs.path_of(patient.id, UUID(int=0)).parent
    assert not folder.exists() or not list(folder.iterdir())


def test_an_exercise_has_no_more_pictures_than_the_clinician_allows(patient: Living) -> None:
    plans(patient, most_pictures=1)
    exercise_id, _, _ = pictured(patient)
    patient.waits(seconds=3)
    assert refused(patient, exercise_id) == "enough"


def test_an_upset_ends_the_pictures_of_this_thought_and_blocks_the_kind_of_all(patient: Living) -> None:
    exercise_id, _, shown = pictured(patient)
    patient.waits(seconds=3)
    wish(patient, exercise_id)  # another one is on its way
    for _ in range(2):
        wishing.upset(own(patient), exercise_id, shown.image_id, command_id=uuid4())
    patient.seal()
    run_jobs()
    assert len(of(exercise_id, ImageWithdrawn)) == len(of(exercise_id, ImageShown)) == 1
    assert [one.reason for one in of(exercise_id, RequestEnded)] == ["upset"]
    assert refused(patient, exercise_id) == "upset"
    _, _, other = pictured(patient)  # another thought may have one
    assert other.kind != shown.kind


def test_nobody_else_asks_takes_away_or_reaches_it(patient: Living, seal_now: Seal, clock: Clock) -> None:
    exercise_id, _, shown = pictured(patient)
    other = living(seal_now, clock)
    for act in (
        lambda: wishing.wish(own(other), exercise_id, command_id=uuid4()),
        lambda: wishing.upset(own(other), exercise_id, shown.image_id, command_id=uuid4()),
        lambda: rate(other, exercise_id, shown.image_id, 2),
    ):
        with pytest.raises(LookupError):
            act()
    with pytest.raises(ImageUnknown):
        wishing.upset(own(other), written(other), shown.image_id, command_id=uuid4())
    reading = open_patient(patient.actor, patient.id, to=Right.VIEW_OWN, why=Purpose.SELF)
    with pytest.raises(WrongPermit):
        wishing.wish(reading, written(patient), command_id=uuid4())
    with pytest.raises(WrongPermit):
        wishing.rate(reading, exercise_id, shown.image_id, rating=2, command_id=uuid4())
    assert not of(exercise_id, ImageWithdrawn) and not of(exercise_id, ImageReacted)


def test_erasing_the_patient_leaves_nothing_of_the_picture(patient: Living) -> None:
    exercise_id, _, shown = pictured(patient)
    rate(patient, exercise_id, shown.image_id, 2)
    waiting = written(patient)
    wish(patient, waiting)
    approver = living(patient.seal, patient.clock).actor  # the door's answer is tested where erasing is
    with pytest.MonkeyPatch.context() as open_door:
        open_door.setattr("apps.patients.erasing.open_patient", lambda *_, **__: None)
        erase_patient(patient.id, reason="asked for it", approved_by=approver)
    patient.seal()
    run_jobs()
    for stream in (StreamName("imagery", exercise_id), StreamName("imagery", waiting), StreamName(EXERCISE, waiting)):
        log = store.read(stream)
        assert log and all(isinstance(one.event, Tombstone) for one in log)
    assert not ImageRow.objects.filter(patient_id=patient.id).exists()
    assert not TasteRow.objects.filter(patient_id=patient.id).exists()
    assert not blobs.path_of(patient.id, shown.image_id).exists()
    assert not jobs_of()
