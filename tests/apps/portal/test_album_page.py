"""The album's page: what is kept with its alt text and label, an empty one, and the way back of what was taken out."""

from collections.abc import Callable

import pytest

from tests.apps.imagery.showing import SCENE, Showing, showing
from tests.apps.practice import Practice

Seal = Callable[[], None]


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def test_an_empty_album_says_how_to_fill_it(practice: Practice) -> None:
    page = practice.browser(practice.patient).get("/album/").content.decode()
    assert "Nothing kept yet" in page
    assert '<img src="/images' not in page


def test_each_picture_stands_with_alt_text_label_date_and_reason(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    painted, scene = session.show(), session.show(**SCENE)
    seal_now()
    client = practice.browser(practice.patient)
    for image_id in (painted, scene):
        client.post(f"/album/{image_id}/keep/")
    seal_now()
    page = client.get("/album/").content.decode()
    assert page.count("AI-generated") == page.count("From the vetted library") == 1
    assert 'alt="A quiet lake at dawn"' in page
    assert f'src="/images/{scene}/"' in page
    assert "preview model" in page
    assert "The reading was mostly sadness." in page
    assert "Nothing kept yet" not in page
    assert "style=" not in page.replace('name="style', "")


def test_what_was_taken_out_can_be_put_back(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    seal_now()
    client = practice.browser(practice.patient)
    client.post(f"/album/{image_id}/keep/")
    seal_now()
    after = client.post(f"/album/{image_id}/remove/")["Location"]
    seal_now()
    page = client.get(after).content.decode()
    assert "Put it back" in page
    assert "Nothing kept yet" in page
    client.post(f"/album/{image_id}/keep/")
    seal_now()
    page = client.get(after).content.decode()
    assert "Put it back" not in page
    assert f'src="/images/{image_id}/"' in page


def test_the_chosen_style_stands_ticked(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    assert 'value="" checked' in client.get("/album/").content.decode()
    page = client.post("/album/style/", {"style": "ink"}, follow=True).content.decode()
    assert 'value="ink" checked' in page
    assert "Saved." in page
