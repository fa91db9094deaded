"""The clinician's pages and API: through the door, audited once a request, for nobody else."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from access import caseload
from access.events import RecordsAsked
from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from apps.assessments import commands as assessments
from apps.patients import commands as patients
from apps.patients import selectors as patient_facts
from apps.providers import views
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import PASSWORD, SETUP, Practice, register

Seal = Callable[[], None]


def trail(user: User) -> list[RecordsAsked]:
    return [recorded.event for recorded in store.read(StreamName("access", user.id))]


def get(practice: Practice, user: User, page: str) -> Any:
    return practice.browser(user).get(page)


def waiting(practice: Practice) -> dict[str, Any]:
    results = get(practice, practice.provider, "/api/v1/alerts/").json()["results"]
    return next(one for one in results if one["review"] is None)


def test_the_caseload_shows_flag_scores_and_words_for_the_drawing(practice: Practice, seal_now: Seal) -> None:
    practice.fill({1: 3, 2: 3, 3: 3, 4: 3, 9: 2})
    seal_now()
    page = get(practice, practice.provider, "/caseload/").content.decode()
    assert "Item 9 = 2" in page
    assert "moderate" in page
    assert 'aria-label="PHQ-9: 14"' in page
    assert "Bo Finch" not in page
    assert "style=" not in page


def test_opening_the_caseload_is_one_entry_on_the_trail_that_names_everyone(practice: Practice, seal_now: Seal) -> None:
    seal_now()
    before = len(trail(practice.provider))
    get(practice, practice.provider, "/caseload/")
    [asked] = trail(practice.provider)[before:]
    assert [opening.patient_id for opening in asked.openings] == [practice.patient.id]
    assert asked.route == "providers:caseload"


def test_a_search_finds_by_name_without_putting_it_into_an_address(practice: Practice, seal_now: Seal) -> None:
    seal_now()
    client = practice.browser(practice.provider)
    assert "Patient 014" in client.post("/caseload/", {"words": "canary"}).content.decode()
    assert "Patient 014" not in client.post("/caseload/", {"words": "finch"}).content.decode()


def test_the_chart_shows_scores_with_bands_and_a_table_beside_each_drawing(practice: Practice, seal_now: Seal) -> None:
    practice.fill({1: 3, 2: 3, 9: 1})
    seal_now()
    page = get(practice, practice.provider, f"/patients/{practice.patient.id}/").content.decode()
    assert "moderately severe" in page
    assert page.count('class="drawing"') <= page.count("As a table")
    assert "Kroenke" in page
    assert "no risk" not in page.lower()
    assert "style=" not in page


@pytest.mark.parametrize(("item_9", "called"), [(0, True), (1, False)])
def test_a_chart_calls_a_low_score_remission_with_its_source_and_never_beside_thoughts_of_death(
    practice: Practice, seal_now: Seal, item_9: int, called: bool
) -> None:
    practice.fill(dict.fromkeys(range(1, 9), 2))
    practice.fill({9: item_9}, ordinal=1)
    seal_now()
    client, mark = practice.browser(practice.provider), "PHQ-9 below 5 (NCQA"
    for page in (f"/patients/{practice.patient.id}/", "/caseload/"):
        shown = client.get(page).content.decode()
        assert (mark in shown) is called
        assert ("remission" in shown) is called
        assert called or "reliable improvement" not in shown


def test_goals_stand_on_chart_and_care_page_with_when_they_were_reached(practice: Practice, seal_now: Seal) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    patients.set_preferences(who, goals=["sleep better", "see friends"], actor=actor, command_id=uuid4())
    client, care = practice.browser(practice.provider), f"/patients/{who}/care/"
    client.post(f"{care}goals/reached/", {"goal": "sleep better", "reached": "yes"})
    seal_now()
    today = timezone.localtime()
    chart = client.get(f"/patients/{who}/").content.decode()
    assert f"sleep better <small>(reached {today:%-d %b %Y})</small>, see friends</dd>" in chart
    page = client.get(care).content.decode()
    assert f"{today:%-d %B %Y}</time>" in page
    buttons = ("Take it up again", "sleep better"), ("Reached", "see friends")
    assert all(f'{word}<span class="visually-hidden">: {goal}</span>' in page for word, goal in buttons)


def test_a_supervisor_reads_what_was_reached_and_has_no_button_for_it(practice: Practice, seal_now: Seal) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    patients.set_preferences(who, goals=["sleep better"], actor=actor, command_id=uuid4())
    supervisor = create_user("supervisor@example.org", PASSWORD, Role.SUPERVISOR)
    caseload.assign(supervisor.id, who, actor=SETUP)
    seal_now()
    page = get(practice, supervisor, f"/patients/{who}/care/").content.decode()
    assert "What the patient works towards" in page and "care/goals/reached/" not in page


def test_a_chart_of_someone_elses_patient_is_not_there_and_the_try_is_written_down(
    practice: Practice, seal_now: Seal
) -> None:
    seal_now()
    for who in (practice.outsider, practice.other, practice.administrator):
        assert get(practice, who, f"/patients/{practice.patient.id}/").status_code in (403, 404)
    assert get(practice, practice.outsider, f"/patients/{uuid4()}/").status_code == 404
    tried = [opening for asked in trail(practice.outsider) for opening in asked.openings]
    assert [opening.permitted for opening in tried if opening.patient_id == practice.patient.id] == [False]


def test_an_alert_is_acknowledged_on_the_page_with_a_reason(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 3})
    seal_now()
    client = practice.browser(practice.provider)
    alert = waiting(practice)
    address = f"/patients/{practice.patient.id}/alerts/{alert['id']}/"
    client.post(address, {"reason": ""})
    assert store.version_of(StreamName("review", UUID(alert["id"]))) == 0
    client.post(address, {"reason": "Phoned at once."})
    seal_now()
    page = client.get(f"/alerts/?after={alert['id']}").content.decode()
    assert "Nothing is waiting" in page
    assert "Phoned at once." in page
    assert "Dr provider" in page


def test_the_alerts_seen_to_last_are_listed_and_none_that_waits_is_left_out(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_SEEN_TO", 2)
    client = practice.browser(practice.provider)
    for number in range(3):
        practice.fill({9: 1}, ordinal=number)
        seal_now()
        alert = waiting(practice)
        client.post(f"/patients/{practice.patient.id}/alerts/{alert['id']}/", {"reason": f"Phoned, the {number}th."})
        seal_now()
    for number in range(3, 6):
        practice.fill({9: 2}, ordinal=number)
    seal_now()
    page = client.get("/alerts/").content.decode()
    assert page.count('class="card alert') == 3
    assert ["Phoned, the 2th." in page, "Phoned, the 1th." in page, "Phoned, the 0th." in page] == [True, True, False]
    assert page.index("Phoned, the 2th.") < page.index("Phoned, the 1th.")
    assert "One that was seen to earlier stands in the ledger" in page
    assert "Phoned, the 0th." in client.get(f"/patients/{practice.patient.id}/").content.decode()


def test_acknowledging_by_the_api_happens_once(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 1})
    seal_now()
    alert = waiting(practice)
    client = practice.browser(practice.provider)
    address, body = (
        f"/api/v1/patients/{practice.patient.id}/alerts/{alert['id']}/acknowledgement/",
        {
            "reason": "spoke with her",
        },
    )
    kind = "application/json"
    for _ in range(2):
        assert client.post(address, body, kind, headers={"Idempotency-Key": "one"}).status_code == 201
    again = client.post(address, body, kind)
    assert (again.status_code, again.json()["code"]) == (409, "already_acknowledged")
    outsider = practice.browser(practice.outsider).post(address, body, kind)
    assert outsider.status_code == 404


def test_the_caseload_by_api_says_what_the_page_says(practice: Practice, seal_now: Seal) -> None:
    practice.fill({1: 2})
    seal_now()
    [line] = get(practice, practice.provider, "/api/v1/caseload/").json()["results"]
    assert (line["label"], line["phq_9"]["total"], line["phq_9"]["severity"]) == ("Patient 014", 2, "minimal")


def test_who_acts_on_an_alert_while_paging_passes_over_no_other(practice: Practice, seal_now: Seal) -> None:
    for ordinal in range(3):
        practice.fill({9: 3 - ordinal}, ordinal=ordinal)
    seal_now()
    client = practice.browser(practice.provider)
    page = client.get("/api/v1/alerts/?page_size=1").json()
    [read] = page["results"]
    assert client.get(page["next"]).json()["results"][0]["grade"] == 2
    address = f"/api/v1/patients/{practice.patient.id}/alerts/{read['id']}/acknowledgement/"
    assert client.post(address, {"reason": "phoned"}, "application/json").status_code == 201
    seal_now()
    assert client.get(page["next"]).status_code == 404
    assert client.get("/api/v1/alerts/?page_size=1").json()["results"][0]["grade"] == 2


def test_who_acts_on_the_caseload_while_paging_passes_over_no_patient(practice: Practice, seal_now: Seal) -> None:
    caseload.assign(practice.provider.id, practice.other.id, actor=SETUP)
    practice.fill({9: 3})
    seal_now()
    client = practice.browser(practice.provider)
    page = client.get("/api/v1/caseload/?page_size=1").json()
    assert (page["results"][0]["label"], page["results"][0]["need"]) == ("Patient 014", "now")
    assert client.get(page["next"]).json()["results"][0]["label"] == "Patient 027"
    assert "now" not in page["next"].lower() and str(practice.patient.id) not in page["next"]
    client.post(f"/patients/{practice.patient.id}/alerts/{waiting(practice)['id']}/", {"reason": "phoned"})
    seal_now()
    assert client.get(page["next"]).status_code == 404


@pytest.mark.parametrize("comes", ["rises", "is new"])
def test_an_alert_that_comes_in_above_what_was_paged_is_on_a_page(
    practice: Practice, seal_now: Seal, comes: str
) -> None:
    forms = [practice.fill({9: grade}, ordinal=ordinal, submit=False) for ordinal, grade in enumerate((3, 2, 1))]
    seal_now()
    client = practice.browser(practice.provider)
    first = client.get("/api/v1/alerts/?page_size=1").json()
    second = client.get(first["next"]).json()
    assert [page["results"][0]["grade"] for page in (first, second)] == [3, 2]
    if comes == "rises":
        who = practice.patient
        assessments.answer(who.id, forms[2], item=9, answer=3, actor=who.actor, command_id=uuid4())
    else:
        forms.append(practice.fill({9: 3}, ordinal=3, submit=False))
    seal_now()
    assert client.get(second["next"]).status_code == 404
    assert client.get(first["next"]).status_code == 200, "nothing came in above the first"
    page, shown = client.get("/api/v1/alerts/?page_size=1").json(), []
    while page["results"]:
        shown += [one["assessment_id"] for one in page["results"]]
        page = client.get(page["next"]).json() if page["next"] else {"results": []}
    assert len(shown) == len(forms) and set(shown) == {str(form) for form in forms}


def test_a_patient_who_rises_above_what_was_paged_is_on_a_page(practice: Practice, seal_now: Seal) -> None:
    third = register("Cy Wren", "Patient 031")
    for who in (practice.other, third):
        caseload.assign(practice.provider.id, who.id, actor=SETUP)
    practice.fill({9: 3})
    seal_now()
    client = practice.browser(practice.provider)
    first = client.get("/api/v1/caseload/?page_size=1").json()
    second = client.get(first["next"]).json()
    assert [page["results"][0]["label"] for page in (first, second)] == ["Patient 014", "Patient 027"]
    form = assessments.start(third.id, key="phq-9", ordinal=0, actor=third.actor, command_id=uuid4())
    assessments.answer(third.id, form, item=9, answer=2, actor=third.actor, command_id=uuid4())
    seal_now()
    assert client.get(second["next"]).status_code == 404
    assert client.get(first["next"]).json()["results"][0]["label"] == "Patient 031"


@pytest.mark.parametrize("page", ["/caseload/", "/alerts/", "/api/v1/caseload/", "/api/v1/alerts/"])
def test_patients_and_administrators_have_no_caseload(practice: Practice, page: str) -> None:
    for who in (practice.patient, practice.administrator):
        assert get(practice, who, page).status_code == 403


def test_what_was_raised_higher_since_it_was_read_is_read_again(practice: Practice, seal_now: Seal) -> None:
    form = practice.fill({9: 1}, submit=False)
    seal_now()
    read = waiting(practice)
    url = f"/patients/{practice.patient.id}/alerts/{read['id']}/"
    assert f'name="seen" value="{read["as_of"]}"' in get(practice, practice.provider, "/alerts/").content.decode()
    actor = practice.patient.actor
    assessments.answer(practice.patient.id, form, item=9, answer=3, actor=actor, command_id=uuid4())
    seal_now()
    browser = practice.browser(practice.provider)
    stale = {"reason": "passing thoughts, discussed", "seen": read["as_of"]}
    answer = browser.post(url, stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "since you opened the page" in page
    assert "passing thoughts, discussed</textarea>" in page, "what was written is still there"
    by_api = browser.post(f"/api/v1{url}acknowledgement/", stale, content_type="application/json")
    assert (by_api.status_code, by_api.json()["code"]) == (409, "raised_meanwhile")
    now = waiting(practice)
    assert (now["id"], now["grade"]) == (read["id"], 3)
    assert store.version_of(StreamName("review", UUID(read["id"]))) == 0
    browser.post(url, {"reason": "Phoned, safe with her sister.", "seen": now["as_of"]})
    assert store.version_of(StreamName("review", UUID(read["id"]))) == 1


def test_what_a_second_clinician_wrote_is_shown_to_them_and_pressing_twice_is_no_second(
    practice: Practice, seal_now: Seal
) -> None:
    practice.fill({9: 3})
    seal_now()
    url = f"/patients/{practice.patient.id}/alerts/{waiting(practice)['id']}/"
    caseload.assign(practice.outsider.id, practice.patient.id, actor=SETUP)
    assert practice.browser(practice.provider).post(url, {"reason": "Phoned."}).status_code == 302
    assert practice.browser(practice.provider).post(url, {"reason": "Phoned."}).status_code == 302
    seal_now()
    late = practice.browser(practice.outsider).post(url, {"reason": "Saw her at noon, her sister stays."})
    page = late.content.decode()
    assert late.status_code == 409
    own = practice.browser(practice.provider).post(url, {"reason": "She is in hospital now."})
    assert own.status_code == 409
    assert "in hospital" in own.content.decode()
    assert "Your note stands" not in own.content.decode()
    assert "acknowledged before" in page and "her sister stays" in page and "Phoned." in page


def test_a_plan_that_is_not_taken_is_shown_beside_the_one_that_stands(practice: Practice) -> None:
    client, url = practice.browser(practice.provider), f"/patients/{practice.patient.id}/care/"
    seen = store.version_of(StreamName("patient", practice.patient.id))
    client.post(f"{url}plan/", {"most_pictures": "3", "note": "By phone.", "seen": str(seen)})
    stale = {"most_pictures": "7", "note": "No storms, she said.", "way-mindfulness": "preferred", "seen": str(seen)}
    for given, status in ((stale, 409), (stale | {"seen": str(seen + 1), "intensity_ceiling": "hot"}, 422)):
        answer = client.post(f"{url}plan/", given)
        page = answer.content.decode()
        assert answer.status_code == status
        assert "No storms, she said." in page and "<dd>7</dd>" in page and "mindfulness" in page
        assert 'name="most_pictures" min="0" max="99" inputmode="numeric" value="3"' in page, (
            "the form shows what stands"
        )


def test_lists_that_are_not_taken_need_not_be_written_again(practice: Practice) -> None:
    client, url = practice.browser(practice.provider), f"/patients/{practice.patient.id}/care/"
    for form, given in (
        ("goals", {"goals": "x" * 81, "liked_places": "lake"}),
        ("triggers", {"tag": ["water"], "words": "y" * 81}),
    ):
        answer = client.post(f"{url}{form}/", given)
        assert answer.status_code == 422
        assert "x" * 81 in answer.content.decode() or "y" * 81 in answer.content.decode()


def seen_of(page: str, action: str) -> str:
    """What the form of this action says that it was made from."""
    form = page.partition(f'action="{action}"')[2]
    return re.findall(r'name="seen" value="(\d*)"', form)[0]


def test_a_list_that_came_back_takes_out_nothing_that_the_patient_added_meanwhile(practice: Practice) -> None:
    client, url = practice.browser(practice.provider), f"/patients/{practice.patient.id}/care/triggers/"
    page = client.get(f"/patients/{practice.patient.id}/care/").content.decode()
    seen, actor = seen_of(page, url), practice.patient.actor
    patients.set_triggers(practice.patient.id, tags=["water"], words=["clowns"], actor=actor, command_id=uuid4())
    refused = client.post(url, {"words": "y" * 81, "seen": seen}).content.decode()
    assert "data-unsaved" in refused.partition(f'action="{url}"')[0].rpartition("<form")[2]
    client.post(url, {"words": "bees", "seen": seen_of(refused, url)})
    now = patient_facts.triggers(practice.patient.id)
    assert set(now) == {"water", "clowns", "bees"}
    other = f"/patients/{practice.patient.id}/care/goals/"
    assert int(seen_of(refused, other)) > int(seen), "the other list stands as it is now"
