"""The patient's own pages and the API of their record."""

import re
from collections.abc import Callable
from typing import Any

from apps.patients import selectors
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice

JSON = "application/json"
Seal = Callable[[], None]


def test_consent_is_given_and_taken_back_on_the_page_at_any_time(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    client.post("/me/consent/", {"consent": ["camera", "research"]})
    assert set(selectors.now(practice.own()).consents) == {"camera", "research"}
    shown = client.get("/me/").content.decode()
    assert 'value="camera" checked' in shown
    client.post("/me/consent/", {"consent": ["camera"]})
    assert set(selectors.now(practice.own()).consents) == {"camera"}


def test_triggers_and_wishes_are_set_on_the_page(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    client.post("/me/triggers/", {"tag": ["water", "dark"], "words": "clowns, red cars\nmy old house"})
    client.post("/me/likes/", {"liked_places": "forest", "goals": ""})
    patient = selectors.now(practice.own())
    assert patient.triggers.tags == ("water", "dark")
    assert patient.triggers.words == ("clowns", "red cars", "my old house")
    assert patient.preferences.liked_places == ("forest",)
    page = client.get("/me/preferences/").content.decode()
    assert "my old house" in page


def test_a_made_up_trigger_is_refused_and_nothing_is_written(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    before = store.version_of(StreamName("patient", practice.patient.id))
    assert client.post("/me/triggers/", {"tag": ["clowns"]}).status_code == 422
    put = client.put(f"/api/v1/patients/{practice.patient.id}/triggers/", {"triggers": ["clowns"]}, JSON)
    assert (put.status_code, put.json()["code"]) == (400, "invalid")
    assert store.version_of(StreamName("patient", practice.patient.id)) == before


def test_consent_by_api_is_the_patients_alone(practice: Practice) -> None:
    address = f"/api/v1/patients/{practice.patient.id}/consents/camera/"
    given = practice.browser(practice.patient).put(address, {"given": True}, JSON)
    assert given.json() == {"consents": ["camera"]}
    for who in (practice.provider, practice.other, practice.administrator):
        assert practice.browser(who).put(address, {"given": False}, JSON).status_code in (403, 404)
    assert set(selectors.now(practice.own()).consents) == {"camera"}
    unknown = address.replace("camera", "advertising")
    assert practice.browser(practice.patient).put(unknown, {"given": True}, JSON).status_code == 404


def test_a_consent_that_is_sent_again_gives_back_nothing_that_was_taken_back_since(practice: Practice) -> None:
    client, address = practice.browser(practice.patient), f"/api/v1/patients/{practice.patient.id}/consents/camera/"

    def put(key: str, *, given: bool) -> list[str]:
        answer = client.put(address, {"given": given}, JSON, headers={"Idempotency-Key": key})
        return list(answer.json()["consents"])

    assert put("first", given=True) == ["camera"]
    assert put("nothing to write", given=True) == ["camera"]
    assert put("taken back", given=False) == []
    assert put("nothing to write", given=True) == []
    assert selectors.now(practice.own()).consents == {}


def test_patients_are_listed_for_whom_they_concern(practice: Practice, seal_now: Seal) -> None:
    seal_now()

    def names(who: Any) -> list[str]:
        return [one["name"] for one in practice.browser(who).get("/api/v1/patients/").json()["results"]]

    assert names(practice.provider) == names(practice.patient) == ["Ada Canary"]
    assert names(practice.outsider) == ["Bo Finch"]
    address = f"/api/v1/patients/{practice.patient.id}/"
    assert practice.browser(practice.provider).get(address).json()["label"] == "Patient 014"
    assert practice.browser(practice.outsider).get(address).status_code == 404


def test_what_is_not_taken_need_not_be_written_again(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    long = "being in a crowd " * 6
    answer = client.post("/me/triggers/", {"tag": ["water"], "words": f"clowns\n{long}"})
    page = answer.content.decode()
    assert (answer.status_code, long.strip() in page, 'value="water" checked' in page) == (422, True, True)
    answer = client.post("/me/likes/", {"liked_places": "forest", "goals": long})
    assert (answer.status_code, long.strip() in answer.content.decode()) == (422, True)
    answer = client.post("/me/settings/", {"language": "de", "time_zone": "Mars/Base"})
    page = answer.content.decode()
    assert (answer.status_code, "Mars/Base" in page, page.count("aria-invalid")) == (422, True, 1)
    [zone] = re.findall(r'<input id="time_zone"[^>]*>', page)
    [told] = re.findall(r'aria-describedby="(\S+) ', zone)
    assert ('aria-invalid="true"' in zone, "autofocus" in zone, f'id="{told}">“Mars/Base” is no' in page) == (True,) * 3
    spoken = client.post("/me/settings/", {"language": "xx", "time_zone": "Asia/Tokyo"}).content.decode()
    assert ("choose your language" in spoken, "aria-invalid" in spoken) == (True, False)
    assert selectors.now(practice.own()).settings.time_zone == ""
    assert selectors.now(practice.own()).triggers.tags == ()
