"""Plan and settings on the real store: set on pages and by API, at once, by whom they belong to, and replayed."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.management import call_command

from access.door import Right
from access.events import RecordsAsked
from apps.patients import commands, selectors
from apps.patients.events import PlanSet, SettingsSet
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.patients.test_patients_live import rows
from tests.apps.practice import Practice

JSON = "application/json"
Seal = Callable[[], None]
FORM = {
    "most_pictures": "4", "intensity_ceiling": "60", "way-progressive_exposure": "out", "way-mindfulness": "preferred",
    "way-cognitive_restructuring": "open", "note": "tires quickly",
}  # fmt: skip
PLAN = PlanSet(
    most_pictures=4, intensity_ceiling=60, techniques_out=("progressive_exposure",),
    techniques_preferred=("mindfulness",), note="tires quickly",
)  # fmt: skip


def log(practice: Practice, kind: type) -> list[Any]:
    found = store.read(StreamName("patient", practice.patient.id))
    return [one.event for one in found if isinstance(one.event, kind)]


def test_a_clinician_sets_the_plan_on_a_page_and_it_holds_at_once(practice: Practice) -> None:
    client = practice.browser(practice.provider)
    client.post(f"/patients/{practice.patient.id}/care/plan/", FORM)
    assert selectors.wishes(practice.patient.id).plan == PLAN
    assert selectors.most_pictures(practice.patient.id) == 4
    page = client.get(f"/patients/{practice.patient.id}/care/").content.decode()
    assert 'value="60"' in page and "tires quickly" in page
    assert 'name="way-progressive_exposure" value="out" checked' in page
    asked = [one.event for one in store.read(StreamName("access", practice.provider.id))]
    told = [one.openings[0].right for one in asked if isinstance(one, RecordsAsked)]
    assert told == ["set_preferences", "view_chart"]


def test_a_plan_that_nothing_could_follow_is_refused_in_words(practice: Practice) -> None:
    client, page = practice.browser(practice.provider), f"/patients/{practice.patient.id}/care/plan/"
    for wrong, said in (
        ({"most_pictures": "many"}, "whole number from 0 to 99"),
        ({"intensity_ceiling": "50", "way-mindfulness": "out"}, "only mindfulness is used"),
    ):
        assert said in client.post(page, wrong, follow=True).content.decode()
    assert log(practice, PlanSet) == []


def test_the_patient_reads_the_plan_but_not_the_note(practice: Practice, seal_now: Seal) -> None:
    practice.browser(practice.provider).post(f"/patients/{practice.patient.id}/care/plan/", FORM)
    seal_now()
    client = practice.browser(practice.patient)
    page = client.get("/me/preferences/").content.decode()
    assert "At most 4 pictures" in page and "stronger than 60" in page
    assert "tires quickly" not in page
    own = client.get(f"/api/v1/patients/{practice.patient.id}/").json()["plan"]
    assert (own["most_pictures"], own["note"]) == (4, "")
    theirs = practice.browser(practice.provider).get(f"/api/v1/patients/{practice.patient.id}/").json()["plan"]
    assert theirs["note"] == "tires quickly"


def test_goals_and_triggers_are_set_for_the_patient_who_sees_them(practice: Practice) -> None:
    client, care = practice.browser(practice.provider), f"/patients/{practice.patient.id}/care"
    client.post(f"{care}/goals/", {"goals": "sleep better", "liked_places": "the beach"})
    client.post(f"{care}/triggers/", {"tag": ["dark"], "words": "clowns"})
    page = practice.browser(practice.patient).get("/me/preferences/").content.decode()
    assert "sleep better" in page and "clowns" in page
    assert "Pictures can take up: rest" in page.replace("</small>", "").replace("<small>", "")
    shown = client.get(f"{care}/").content.decode()
    assert 'value="dark" checked' in shown and "the sea" in shown


def test_the_api_sets_a_plan_once_however_often_it_is_sent(practice: Practice) -> None:
    client, address = practice.browser(practice.provider), f"/api/v1/patients/{practice.patient.id}/plan/"
    body, who = {"most_pictures": 3, "techniques_out": ["progressive_exposure"]}, practice.patient.id
    for _ in range(2):
        answer = client.put(address, body, JSON, headers={"Idempotency-Key": "one"})
        assert answer.json() == {
            "most_pictures": 3, "intensity_ceiling": None, "techniques_out": ["progressive_exposure"],
            "techniques_preferred": [], "note": "", "version": len(list(store.read(StreamName("patient", who)))),
        }  # fmt: skip
    assert len(log(practice, PlanSet)) == 1
    assert client.get(address).json()["most_pictures"] == 3
    wrong = client.put(address, {"techniques_out": ["mindfulness"], "intensity_ceiling": 10}, JSON)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
    reused = client.put(address, {"most_pictures": 9}, JSON, headers={"Idempotency-Key": "one"})
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    for who in (practice.outsider, practice.patient):
        assert practice.browser(who).put(address, body, JSON).status_code in (403, 404)
    assert selectors.most_pictures(practice.patient.id) == 3


def test_language_and_zone_are_the_patients_own(practice: Practice, seal_now: Seal) -> None:
    client = practice.browser(practice.patient)
    client.post("/me/settings/", {"language": "de", "time_zone": "Europe/Zurich"})
    client.post("/me/settings/", {"language": "de", "time_zone": "Nowhere/Here"})
    assert log(practice, SettingsSet) == [SettingsSet(language="de", time_zone="Europe/Zurich")]
    address = f"/api/v1/patients/{practice.patient.id}/settings/"
    assert client.put(address, {"time_zone": "Asia/Tokyo"}, JSON).json() == {"language": "", "time_zone": "Asia/Tokyo"}
    refused = client.put(address, {"language": "xx", "time_zone": "Asia/Tokyo"}, JSON)
    said = str(refused.json())
    assert (refused.status_code, "language" in said, "time_zone" in said) == (400, True, False)
    assert client.put(address, {"time_zone": "Mars/Base"}, JSON).status_code == 400
    misspelt = client.put(address, {"timezone": "Europe/Zurich"}, JSON)
    assert misspelt.status_code == 400 and "timezone" in misspelt.content.decode()
    assert practice.browser(practice.provider).put(address, {"language": "fr"}, JSON).status_code in (403, 404)
    seal_now()
    assert client.get(f"/api/v1/patients/{practice.patient.id}/").json()["time_zone"] == "Asia/Tokyo"


def test_the_browsers_own_zone_is_offered_and_nothing_is_kept_before_it_is_saved(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    client.cookies["attune_zone"] = "Europe/Zurich"
    page = client.get("/me/preferences/").content.decode()
    assert 'list="zones" value="Europe/Zurich"' in page and "This is what your browser says" in page
    assert log(practice, SettingsSet) == []


def test_replaying_the_log_gives_the_plan_and_settings_that_live_projecting_gave(
    practice: Practice, seal_now: Seal
) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    commands.set_plan(who, PLAN, actor=practice.provider.actor, command_id=uuid4())
    commands.set_settings(who, language="fr", time_zone="Asia/Tokyo", actor=actor, command_id=uuid4())
    seal_now()
    live = rows()
    found = selectors.get_patients([practice.chart()])[0]
    assert (found.plan, found.language, found.time_zone) == (PLAN, "fr", "Asia/Tokyo")
    call_command("rebuild", "patients.patient")
    seal_now()
    assert rows() == live


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


def test_what_the_patient_added_while_the_clinicians_page_was_open_stays(practice: Practice) -> None:
    care, own = practice.browser(practice.provider), practice.browser(practice.patient)
    address = f"/patients/{practice.patient.id}/care/"
    known = seen(care.get(address).content.decode())
    own.post("/me/triggers/", {"tag": ["heights", "water"], "words": "lifts"})
    care.post(f"{address}triggers/", {"tag": [], "words": "clowns", "seen": known})
    triggers = selectors.now(practice.own(Right.VIEW_OWN)).triggers
    assert (set(triggers.tags), set(triggers.words)) == ({"heights", "water"}, {"lifts", "clowns"})
    known = seen(care.get(address).content.decode())
    own.post("/me/likes/", {"liked_places": "the sea", "goals": "sleep better"})
    care.post(f"{address}triggers/", {"tag": ["water"], "words": "clowns", "seen": known})
    care.post(f"{address}goals/", {"liked_places": "", "goals": "see friends", "seen": known})
    now = selectors.now(practice.own(Right.VIEW_OWN))
    assert (now.triggers.tags, now.triggers.words) == (("water",), ("clowns",))
    assert now.preferences.liked_places == ("the sea",)
    assert now.preferences.goals == ("sleep better", "see friends")


def test_a_plan_that_someone_changed_meanwhile_is_looked_at_again(practice: Practice) -> None:
    care = practice.browser(practice.provider)
    address = f"/patients/{practice.patient.id}/care/"
    known = seen(care.get(address).content.decode())
    care.post(f"{address}plan/", {**FORM, "seen": known})
    stale = {"note": "from an older tab", "seen": known}
    page = care.post(f"{address}plan/", stale, follow=True).content.decode()
    assert "Someone changed the plan since you opened the page" in page
    assert log(practice, PlanSet) == [PLAN]
    care.post(f"{address}plan/", {**FORM, "note": "looked at again", "seen": seen(page)})
    assert [plan.note for plan in log(practice, PlanSet)] == ["tires quickly", "looked at again"]
