"""The page of a pair: blind, its patient's alone, answered once, and gone with an agreement or an erasure."""

import json
from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from PIL import Image, ImageStat
from pytest_django import Settings

from access.door import Purpose, Right, open_patient
from access.models import AccessRow
from apps.imagery import pairing, selectors
from apps.imagery.models import PairRow
from apps.patients import commands as patients
from apps.patients.erasing import erase_patient
from eventstore.verification import verify
from tests.apps.imagery.paired import ENGINE_ALT, GENERIC_ALT, agree, closed_session, long_ago, offer
from tests.apps.practice import Practice
from vault import blobs
from vault.errors import VaultError

Seal = Callable[[], None]


@pytest.fixture
def session_id(practice: Practice, seal_now: Seal) -> UUID:
    agree(practice.patient.id, practice.patient.actor)
    session_id = closed_session(practice.patient.id, practice.patient.actor)
    seal_now()
    return session_id


def page(session_id: UUID, more: str = "") -> str:
    return f"/session/{session_id}/pair/{more}"


def brightness(data: bytes) -> float:
    return float(ImageStat.Stat(Image.open(BytesIO(data)).convert("L")).mean[0])


def test_the_page_shows_both_by_place_and_nothing_that_tells_them_apart(practice: Practice, session_id: UUID) -> None:
    client = practice.browser(practice.patient)
    sessions = {True: session_id, False: closed_session(practice.patient.id, practice.patient.actor)}
    for engine_first, session in sessions.items():
        offered = offer(practice.patient.id, session, engine_first=engine_first)
        html = client.get(page(session, "?part")).content.decode()
        alts = [ENGINE_ALT, GENERIC_ALT] if engine_first else [GENERIC_ALT, ENGINE_ALT]
        assert html.index(f'alt="First picture: {alts[0]}"') < html.index(f'alt="Second picture: {alts[1]}"')
        for telling in (offered.engine_image_id, offered.generic_image_id, offered.template, "engine", "generic-1"):
            assert str(telling) not in html
        first, second = (client.get(page(session, f"{place}/")) for place in ("first", "second"))
        assert (brightness(first.content) < brightness(second.content)) is engine_first
        assert first["Cache-Control"] == "private, no-store"
        told = client.get(f"/api/v1/sessions/{session}/pair/").json()
        assert (told["stands"], [one["alt"] for one in told["pictures"]]) == ("open", alts)


def test_one_answer_is_kept_a_second_one_is_told_so_and_a_button_answers_without_a_choice(
    practice: Practice, session_id: UUID, seal_now: Seal
) -> None:
    offer(practice.patient.id, session_id)
    client = practice.browser(practice.patient)
    unsaid = client.post(page(session_id))
    assert unsaid.status_code == 422
    assert "Please choose one" in unsaid.content.decode()
    assert client.post(page(session_id), {"choice": "second"}).status_code == 302
    assert "Thank you" in client.get(page(session_id)).content.decode()
    again = client.post(page(session_id), {"choice": "first"})
    assert again.status_code == 409
    assert "your first answer stands" in again.content.decode()
    assert [client.get(page(session_id, f"{place}/")).status_code for place in ("first", "second")] == [410, 410]
    assert pairing.load(session_id).answer == "second"
    assert pairing.load(session_id).version == 2
    other = closed_session(practice.patient.id, practice.patient.actor)
    offer(practice.patient.id, other)
    assert client.post(page(other), {"choice": "first", "upset": "1"}).status_code == 302
    said = client.get(page(other)).content.decode()
    assert "We are sorry" in said
    assert "988" in said
    assert pairing.load(other).answer == "upset"


def test_a_late_answer_and_one_after_an_agreement_was_taken_back_are_refused(
    practice: Practice, session_id: UUID, seal_now: Seal
) -> None:
    offer(practice.patient.id, session_id, at=long_ago())
    other = closed_session(practice.patient.id, practice.patient.actor)
    offer(practice.patient.id, other)
    patients.withdraw_consent(practice.patient.id, purpose="research", actor=practice.patient.actor, command_id=uuid4())
    seal_now()
    client = practice.browser(practice.patient)
    for closed in (session_id, other):
        answer = client.post(page(closed), {"choice": "first"})
        assert answer.status_code == 409
        assert "This question is closed" in answer.content.decode()
        assert client.get(page(closed, "first/")).status_code == 410
        assert pairing.load(closed).version == 1


def test_a_rule_that_comes_to_stand_closes_the_question_and_only_that_one_upset_the_patient_is_heard(
    practice: Practice, session_id: UUID
) -> None:
    offer(practice.patient.id, session_id)
    client = practice.browser(practice.patient)
    assert client.get(page(session_id, "first/")).status_code == 200
    patients.set_triggers(
        practice.patient.id, tags=("water",), words=(), actor=practice.patient.actor, command_id=uuid4()
    )  # fmt: skip
    assert [client.get(page(session_id, f"{place}/")).status_code for place in ("first", "second")] == [410, 410]
    assert client.get(f"/api/v1/sessions/{session_id}/pair/").json()["stands"] == "closed"
    answer = client.post(page(session_id), {"choice": "first"})
    assert (answer.status_code, pairing.load(session_id).version) == (409, 1)
    assert client.post(page(session_id), {"upset": "1"}).status_code == 302
    assert pairing.load(session_id).answer == "upset"


def test_the_api_answers_once_whatever_is_sent_again(practice: Practice, session_id: UUID, seal_now: Seal) -> None:
    offer(practice.patient.id, session_id)
    seal_now()
    client, url = practice.browser(practice.patient), f"/api/v1/sessions/{session_id}/pair/"
    for _ in range(2):
        given = client.post(
            url, {"answer": "no_difference"}, content_type="application/json", headers={"Idempotency-Key": "one"}
        )
        assert (given.status_code, given.json()["answer"], given.json()["pictures"]) == (200, "no_difference", [])
    second = client.post(url, {"answer": "first"}, content_type="application/json")
    assert (second.status_code, second.json()["code"]) == (409, "pair_answered")
    assert client.post(url, {"answer": "engine"}, content_type="application/json").status_code in (400, 422)
    assert pairing.load(session_id).version == 2


def test_the_page_says_whether_a_pair_may_still_come(practice: Practice, session_id: UUID, settings: Settings) -> None:
    client = practice.browser(practice.patient)
    assert client.get(page(session_id, "?part")).status_code == 404, "it was not drawn"
    assert "No question this time" in client.get(page(session_id)).content.decode()
    settings.ATTUNE_PAIRED_CHOICE_SHARE = 1.0
    assert client.get(page(session_id, "?part")).status_code == 204
    assert "Load this page again" in client.get(page(session_id)).content.decode()
    offer(practice.patient.id, session_id)
    assert client.get(page(session_id, "?part")).status_code == 200


def test_nobody_else_sees_or_answers_it(practice: Practice, session_id: UUID, seal_now: Seal) -> None:
    offer(practice.patient.id, session_id)
    seal_now()
    for who, status in ((practice.other, 404), (practice.provider, 403), (practice.administrator, 403)):
        client = practice.browser(who)
        for url in (page(session_id), page(session_id, "first/"), f"/api/v1/sessions/{session_id}/pair/"):
            assert client.get(url).status_code == status
        assert client.post(page(session_id), {"choice": "first"}).status_code == status
    assert pairing.load(session_id).version == 1


def answered(practice: Practice, *answers: str) -> None:
    """Pairs of the patient, the engine's picture first, each with its answer."""
    permit = open_patient(
        practice.patient.actor, practice.patient.id, to=Right.RUN_SESSION, why=Purpose.SELF
    )  # fmt: skip
    for answer in answers:
        session_id = closed_session(practice.patient.id, practice.patient.actor)
        offered = offer(practice.patient.id, session_id)
        pairing.choose(permit, session_id, answer, at=offered.offered_at, command_id=uuid4())


def test_a_clinician_sees_how_often_and_nothing_else_and_replay_gives_the_same(
    practice: Practice, session_id: UUID, seal_now: Seal
) -> None:
    offered = offer(practice.patient.id, session_id)
    answered(practice, "first", "second", "first", "skipped")
    seal_now()
    counts = {"engine": 2, "generic": 1, "skipped": 1, "unanswered": 1}
    assert selectors.paired_choices(practice.chart()) == counts
    html = practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/pictures/").content.decode()
    assert "preferred the engine&#x27;s picture 2 times" in html or "preferred the engine's picture 2 times" in html
    assert str(offered.engine_image_id) not in html
    live = list(PairRow.objects.order_by("session_id").values_list("session_id", "offered_at"))
    call_command("rebuild", "imagery.pairs")
    assert selectors.paired_choices(practice.chart()) == counts
    assert list(PairRow.objects.order_by("session_id").values_list("session_id", "offered_at")) == live
    assert b"engine" not in bytes(PairRow.objects.all()[0].sealed)


def test_the_figure_counts_one_answer_a_patient_beside_the_papers_claim(
    practice: Practice, session_id: UUID, seal_now: Seal, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="nothing to count"):
        call_command("paired_choices")
    answered(practice, "skipped", "first", "second", "no_difference")
    seal_now()
    call_command("paired_choices", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["patients"] == 1
    assert found["first"] == {"engine": 1, "generic": 0, "no_difference": 0}
    assert (found["every"]["engine"], found["every"]["generic"], found["every"]["skipped"]) == (1, 1, 1)
    assert found["engine_preferred"] == {"share": 1.0, "from": 0.2065, "to": 1.0, "of": 1}
    assert found["paper"]["prefer"] == 0.784
    call_command("paired_choices")
    assert "the paper's claim, not measured here: 78.4 %" in capsys.readouterr().out
    seal_now()
    assert AccessRow.objects.filter(patient_id=practice.patient.id, route="paired_choices").exists()
    trail = practice.browser(practice.patient).get("/me/access/").content.decode()
    assert "took a copy of your record" not in trail, "a count is no copy"
    assert "used ratings or choices about your pictures, without your name" in trail
    log = practice.browser(practice.administrator).get("/audit/").content.decode()
    assert "export the record" not in log
    assert "learn from ratings or choices, without a name" in log
    patients.withdraw_consent(practice.patient.id, purpose="research", actor=practice.patient.actor, command_id=uuid4())
    seal_now()
    with pytest.raises(CommandError, match="nothing to count"):
        call_command("paired_choices")


def test_an_erased_patient_has_no_pair_and_no_picture_of_one(
    practice: Practice, session_id: UUID, seal_now: Seal
) -> None:
    offered = offer(practice.patient.id, session_id)
    agree(practice.other.id, practice.other.actor)
    theirs = closed_session(practice.other.id, practice.other.actor)
    kept = offer(practice.other.id, theirs)
    seal_now()
    erase_patient(practice.patient.id, reason="asked", approved_by=practice.administrator.actor)
    seal_now()
    assert [row.patient_id for row in PairRow.objects.all()] == [practice.other.id]
    for image_id in (offered.engine_image_id, offered.generic_image_id):
        with pytest.raises(VaultError):
            blobs.open(practice.patient.id, image_id)
    assert blobs.open(practice.other.id, kept.engine_image_id).data
    assert pairing.load(session_id).offered is None
    assert verify().ok
