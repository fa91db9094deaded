"""What the engine is told of a patient: wishes in words of the list, the clinician's limits, the ladder, local time."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access import caseload
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from apps.exercises import commands as exercises
from apps.imagery import commands, keeping, messages
from apps.imagery.aggregate import Request
from apps.imagery.events import ImageComposed, ImageRequested, ImageShown, RequestEnded
from apps.imagery.occasions import LIVE
from apps.imagery.tasks import deciding, painting, reading
from apps.imagery.tasks.errands import Errand
from apps.patients import commands as patients
from apps.patients.events import PlanSet
from apps.patients.local_time import local_time
from apps.sessions.socket import SocketContext, SocketRefusal
from eventstore import store
from eventstore.actor import Actor
from eventstore.jobs import Claim
from eventstore.models import Follower
from eventstore.stream import StreamName
from ml.prompting.choose import Choice, NothingStands
from ml.prompting.eligible import candidates
from ml.prompting.library import by_id
from ml.prompting.recorded import decide
from ml.prompting.state import Preferences, State
from ml.prompting.technique import allowed
from ml.prompting.triggers import named_in, tags
from ml.scenes.wording import read
from ml.vocabulary import TECHNIQUES
from tests.apps.exercises.acting import LADDER
from tests.apps.imagery.living import PASSWORD, Living, events, jobs_of, run_jobs
from tests.apps.imagery.showing import showing

pytestmark = pytest.mark.usefixtures("no_painter")
CR, BA, MF, PE = TECHNIQUES


@pytest.fixture
def clinician(patient: Living) -> User:
    made = create_user(f"{uuid4().hex[:8]}@example.org", PASSWORD, Role.PROVIDER)
    caseload.assign(made.id, patient.id, actor=Actor.system("test"))
    return made


def plans(patient: Living, **limits: Any) -> None:
    usual: dict[str, Any] = {
        "most_pictures": None, "intensity_ceiling": None, "techniques_out": (), "techniques_preferred": (), "note": "",
    }  # fmt: skip
    wanted = PlanSet(**(usual | limits))
    patients.set_plan(patient.id, wanted, actor=Actor.system("test"), command_id=uuid4())


def told(patient: Living, emotion: str = "sadness", intensity: float = 0.5) -> dict[str, Any]:
    """What the engine is told for a request made now, as the log would keep it."""
    claim = Claim(uuid4(), "imagery.compose", uuid4(), {}, 1, 1, timezone.now())
    errand = Errand(claim, uuid4(), patient.session_id, patient.id, "more", 0)
    inputs = deciding.gather(errand, Request("more", emotion, intensity, timezone.now()))
    kept: dict[str, Any] = json.loads(json.dumps(inputs))
    return kept


def chosen(patient: Living, emotion: str = "sadness", intensity: float = 0.5) -> list[Choice]:
    """What the engine chooses for requests made now."""
    inputs = told(patient, emotion, intensity)
    return [decide(inputs, seed) for seed in range(10)]


def own(patient: Living) -> Permit:
    return open_patient(patient.actor, patient.id, to=Right.ANSWER, why=Purpose.SELF)


def on_a_step(patient: Living, clinician: User) -> UUID:
    """A ladder that was written and agreed to, and the patient on its first step."""
    planning = open_patient(clinician.actor, patient.id, to=Right.SCHEDULE, why=Purpose.TREATMENT)
    ladder = exercises.write_ladder(planning, LADDER, command_id=uuid4())
    exercises.agree(own(patient), ladder, command_id=uuid4())
    patient.seal()
    exercises.begin_step(own(patient), ladder, step=0, distress=40, command_id=uuid4())
    patient.seal()
    return ladder


def test_exposure_is_open_while_the_patient_is_on_an_approved_step_and_at_no_other_time(
    patient: Living, clinician: User
) -> None:
    assert told(patient)["ladder_approved"] is False
    ladder = on_a_step(patient, clinician)
    assert told(patient)["ladder_approved"] is True
    exercises.stop(own(patient), ladder, command_id=uuid4())
    assert told(patient)["ladder_approved"] is False  # on the calm picture


def test_on_the_calm_picture_that_ends_a_step_the_engine_only_steadies(patient: Living, clinician: User) -> None:
    plans(patient, techniques_preferred=(BA, CR))
    ladder = on_a_step(patient, clinician)
    assert told(patient)["calming"] is False
    exercises.stop(own(patient), ladder, command_id=uuid4())
    assert told(patient)["calming"] is True
    for emotion in ("happiness", "anger", "fear"):
        assert {one.technique for one in chosen(patient, emotion)} == {MF}
    exercises.end_attempt(own(patient), ladder, distress=20, command_id=uuid4())
    assert told(patient)["calming"] is False
    assert {one.technique for one in chosen(patient, "happiness")} != {MF}


def test_a_calm_picture_that_was_left_open_holds_the_engine_no_longer_than_a_step(
    patient: Living, clinician: User
) -> None:
    exercises.stop(own(patient), on_a_step(patient, clinician), command_id=uuid4())
    patient.waits(seconds=91 * 60)
    assert told(patient)["calming"] is False


def test_a_step_is_closed_above_its_own_limit_and_after_its_time(patient: Living, clinician: User) -> None:
    on_a_step(patient, clinician)
    for distress, open_now in ((LADDER.limit, True), (LADDER.limit + 1, False), (10, True)):
        patient.feels(-2, distress)
        assert told(patient)["ladder_approved"] is open_now
    patient.waits(seconds=91 * 60)
    assert told(patient)["ladder_approved"] is False


def on_a_step_that_bears(patient: Living, clinician: User, limit: int, distress: int) -> UUID:
    """The patient on the first step of a ladder of this limit, begun at this distress."""
    planning = open_patient(clinician.actor, patient.id, to=Right.SCHEDULE, why=Purpose.TREATMENT)
    ladder = exercises.write_ladder(planning, replace(LADDER, limit=limit), command_id=uuid4())
    exercises.agree(own(patient), ladder, command_id=uuid4())
    patient.seal()
    exercises.begin_step(own(patient), ladder, step=0, distress=distress, command_id=uuid4())
    patient.seal()
    return ladder


@pytest.mark.parametrize("emotion", ["fear", "neutral", "surprise"])
def test_a_step_begun_at_85_under_a_limit_of_90_paints_no_exposure(
    patient: Living, clinician: User, emotion: str
) -> None:
    plans(patient, techniques_preferred=(PE,))
    ladder = on_a_step_that_bears(patient, clinician, limit=90, distress=85)
    assert (told(patient)["state"]["distress"], told(patient)["ladder_approved"]) == (85, True)
    assert PE not in {one.technique for one in chosen(patient, emotion, 0.4)}
    exercises.say_distress(own(patient), ladder, distress=88, done=False, command_id=uuid4())
    patient.feels(-2, 20)  # the session's own question, which does not unsay it
    assert told(patient)["state"]["distress"] == 88
    exercises.say_distress(own(patient), ladder, distress=40, done=False, command_id=uuid4())
    inputs = told(patient, emotion, 0.4)
    assert PE in allowed(State(**inputs["state"]), Preferences(ladder_approved=inputs["ladder_approved"]))


@pytest.mark.parametrize(("distress", "technique"), [(88, MF), (50, PE)])
def test_what_is_said_on_the_step_while_the_picture_is_painted_binds_it(
    patient: Living, clinician: User, monkeypatch: pytest.MonkeyPatch, distress: int, technique: str
) -> None:
    plans(patient, techniques_out=(BA, CR), techniques_preferred=(PE,))
    ladder = on_a_step_that_bears(patient, clinician, limit=90, distress=40)

    def says(*_: object, **__: object) -> None:
        exercises.say_distress(own(patient), ladder, distress=distress, done=False, command_id=uuid4())
        raise painting.PainterFailed("PainterMissing")

    monkeypatch.setattr(painting, "paint", says)
    patient.looks("fear")
    run_jobs()
    composed = events(patient, ImageComposed)
    assert [one.technique for one in composed] == [PE, technique][: 1 + (technique == MF)]
    assert [one.technique for one in events(patient, ImageShown)] == [technique]


def test_exposure_is_chosen_on_the_step_alone_and_decided_the_same_again(
    patient: Living, clinician: User, capsys: pytest.CaptureFixture[str]
) -> None:
    plans(patient, techniques_out=(CR, BA), techniques_preferred=(PE,))
    assert {one.technique for one in chosen(patient, "fear")} == {MF}
    on_a_step(patient, clinician)
    assert PE in {one.technique for one in chosen(patient, "fear")}
    patient.looks("fear")
    run_jobs()
    [composed] = events(patient, ImageComposed)
    assert json.loads(composed.inputs)["ladder_approved"] is True
    call_command("replay", str(patient.session_id), "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"decisions": 1, "identical": 1, "differences": []}


def test_a_step_that_is_stopped_while_the_picture_is_painted_is_answered_with_calm_only(
    patient: Living, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladder = on_a_step(patient, clinician)

    def stops(*_: object, **__: object) -> None:
        exercises.stop(own(patient), ladder, command_id=uuid4())
        raise painting.PainterFailed("PainterMissing")

    monkeypatch.setattr(painting, "paint", stops)
    patient.looks("fear")
    run_jobs()
    told_of = [json.loads(one.inputs) for one in events(patient, ImageComposed)]
    assert [(one["ladder_approved"], one["calming"]) for one in told_of] == [(True, False), (False, True)]
    assert [one.technique for one in events(patient, ImageShown)] == [MF]


def test_a_technique_that_was_ruled_out_is_never_chosen_and_the_limits_stand_in_the_record(patient: Living) -> None:
    plans(patient, techniques_out=(BA, CR))
    assert {by_id()[one.template].technique for one in chosen(patient, "happiness")} == {MF}
    plans(patient, intensity_ceiling=40)
    assert told(patient)["intensity_ceiling"] == 0.4
    assert {one.technique for one in chosen(patient, "anger", 0.41)} == {MF}
    assert {one.technique for one in chosen(patient, "anger", 0.4)} != {MF}


def test_a_session_has_no_more_pictures_than_the_clinician_allows(patient: Living) -> None:
    plans(patient, most_pictures=2)
    for emotion in ("fear", "sadness", "anger"):
        patient.waits(seconds=30)
        patient.looks(emotion)
        run_jobs()
    assert len(events(patient, ImageShown)) == 2
    assert [one.reason for one in events(patient, RequestEnded)] == ["enough"]


def crossed_by_another(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between a request's decision and its append, another one of the session is written."""
    append, crossed = store.append, list[UUID]()

    def crossing(stream: StreamName, happened: Any, **more: Any) -> int:
        if not crossed and isinstance(happened[0], ImageRequested):
            crossed.append(uuid4())
            commands.request(
                patient.session_id, crossed[0], patient_id=patient.id, reason="more", emotion="fear", intensity=0.5,
                at=timezone.now(), actor=patient.actor, command_id=crossed[0],
            )  # fmt: skip
        return append(stream, happened, **more)

    monkeypatch.setattr(store, "append", crossing)


@pytest.mark.parametrize(("most", "reason"), [(1, "enough"), (None, "too_soon")])
def test_requests_answered_together_keep_to_the_clinicians_number_and_the_interval(
    patient: Living, monkeypatch: pytest.MonkeyPatch, most: int | None, reason: str
) -> None:
    plans(patient, most_pictures=most)
    patient.looks("fear")
    crossed_by_another(patient, monkeypatch)
    run_jobs()
    assert len(events(patient, ImageRequested)) == 1
    assert [one.reason for one in events(patient, RequestEnded)] == [reason]


def test_another_picture_that_two_windows_ask_for_at_once_is_asked_for_once(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossed_by_another(patient, monkeypatch)
    context = SocketContext(session_id=patient.session_id, patient_id=patient.id, actor=patient.actor)
    with pytest.raises(SocketRefusal) as refusal:
        messages._more(context, {}, uuid4())
    assert refusal.value.code == "painting"
    assert (len(events(patient, ImageRequested)), jobs_of()) == (1, [])


def test_none_of_the_patients_own_words_reach_the_engine(patient: Living) -> None:
    patients.set_preferences(
        patient.id, liked_places=["the beach at Rimini", "Zanzibar"], goals=["sleep like in 1987", "grok"],
        actor=patient.actor, command_id=uuid4(),
    )  # fmt: skip
    inputs = told(patient)
    assert (inputs["goals"], inputs["liked_places"], inputs["kinds"]) == (["rest"], ["sea"], ["sea"])
    written = json.dumps(inputs) + "".join(str(one) for one in chosen(patient))
    assert not [word for word in ("Rimini", "Zanzibar", "1987", "grok") if word in written]


def test_season_and_time_of_day_are_those_of_the_patients_own_zone(patient: Living) -> None:
    assert told(patient)["state"]["season"] is None  # neither the patient nor the installation names a place
    for zone in ("Australia/Sydney", "Europe/Zurich"):
        patients.set_settings(patient.id, language="de", time_zone=zone, actor=patient.actor, command_id=uuid4())
        state, there = told(patient)["state"], local_time(zone, timezone.now())
        assert (state["season"], state["day_time"]) == (there.season, there.day_time)
    assert "There are no words in your language yet, so it speaks English." in chosen(patient)[0].reasons


def test_where_the_patient_named_no_zone_the_installations_place_counts(
    patient: Living, settings: pytest.FixtureRequest
) -> None:
    settings.TIME_ZONE = "Europe/Zurich"  # type: ignore[attr-defined]  # pytest-django's wrapper
    assert told(patient)["state"]["season"] == local_time("Europe/Zurich", datetime.now(UTC)).season


def test_after_a_reset_the_engine_is_told_nothing_of_before_even_where_no_row_knows_of_it_yet(patient: Living) -> None:
    session = showing(patient.id, patient.actor)
    session.rate(session.show(), 2)
    patient.seal()
    assert [one["rating"] for one in told(patient)["history"]] == [2]
    permit = open_patient(patient.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
    keeping.forget(permit, at=timezone.now(), command_id=uuid4())
    assert told(patient)["history"] == []


def test_what_upset_the_patient_a_moment_ago_is_left_out_whichever_session_it_was_in_and_wherever_the_rows_are(
    patient: Living,
) -> None:
    elsewhere = showing(patient.id, patient.actor)
    image_id = elsewhere.show(kind="sea")
    patient.seal()
    Follower.objects.filter(name="imagery.taste").update(status=Follower.Status.STOPPED)
    elsewhere.upset(image_id)
    assert told(patient)["blocked_kinds"] == ["sea"]


def test_a_vetted_scene_is_shown_without_the_reasons_of_the_one_that_nobody_painted(patient: Living) -> None:
    patients.set_preferences(
        patient.id, liked_places=["the sea"], goals=["sleep"], actor=patient.actor, command_id=uuid4()
    )
    patient.avoids("insects")
    untrue = ("It holds a place", "It takes up", "It is new to you", "Pictures like this", "It stays in a place")
    inputs = told(patient)
    sea = {"template": "mindfulness.sadness.low-tide-morning", "emotion": "sadness", "rating": 2}
    both = (inputs | {"history": [sea] * 3}, told(patient, "fear") | {"liked_places": []})
    choices = [decide(one, seed) for one in both for seed in range(100)]
    said = [deciding.why(LIVE, one, inputs) for one in choices]
    assert {begin for begin in untrue[:4] for why in said for one in why if one.startswith(begin)} == {*untrue[:4]}
    for choice in choices:
        why = deciding.why(LIVE, choice, inputs, vetted=True)
        assert not [one for one in why if one.startswith(untrue)]
        assert by_id()[choice.template].purpose not in why
        assert why[0] == choice.reasons[0]
        assert "Scenes with things you asked not to see were left out." in why


def test_what_is_said_of_a_vetted_scene_is_true_of_it(patient: Living) -> None:
    patients.set_preferences(patient.id, liked_places=["the sea"], goals=[], actor=patient.actor, command_id=uuid4())
    patient.feels(-4, 30)
    run_jobs()
    ([composed], [shown]) = events(patient, ImageComposed), events(patient, ImageShown)
    assert shown.why[0] == composed.reasons[0]
    assert by_id()[composed.template].purpose in set(composed.reasons) - set(shown.why)
    assert not [one for one in shown.why if one.startswith("It holds a place")]


def test_a_scene_without_a_template_is_of_a_way_of_working_that_was_not_ruled_out() -> None:
    assert deciding.calm({}) == MF
    assert deciding.calm({"blocked_techniques": [MF]}) == BA
    assert deciding.calm({"blocked_techniques": [MF, BA]}) == CR


def test_no_place_is_painted_that_always_shows_what_the_patient_leaves_out(patient: Living) -> None:
    """The painter's lakes have mountains and its rooms a cup, whatever a prompt says of them."""
    patient.avoids("heights", "food")
    patient.feels(-4)
    run_jobs()
    (composed,) = events(patient, ImageComposed)
    assert json.loads(composed.inputs)["blocked_kinds"] == ["lake", "mountains", "room"]
    (picture,) = events(patient, ImageShown)
    assert not named_in(picture.alt, ("heights", "food"))


@pytest.mark.parametrize("tag", sorted(tags()))
def test_whatever_stands_for_who_leaves_a_thing_out_is_painted_without_it(tag: str) -> None:
    out = Preferences(blocked_kinds=reading.out_of_what_is_painted((tag,)))
    try:
        stand, _ = candidates(State("neutral", season="summer"), out, frozenset({tag}), "ink", frozenset(TECHNIQUES))
    except NothingStands:
        return
    for candidate in stand:
        assert not named_in(read(candidate.words.prompt).alt, (tag,)), candidate.template.id
