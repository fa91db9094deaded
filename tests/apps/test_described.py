"""Whatever a page says describes a field is there to be read out."""

import re

import pytest
from django.test import Client

from tests.apps.practice import Practice


def described(page: str) -> tuple[set[str], set[str]]:
    """The ids that fields name as their description, and those among them that no element has."""
    named = {one for ids in re.findall(r'aria-describedby="([^"]*)"', page) for one in ids.split()}
    return named, named - set(re.findall(r'\sid="([^"]*)"', page))


def test_what_is_wrong_with_a_field_is_tied_to_it_at_the_door(fresh_db: str) -> None:
    answer = Client().post("/sign-in/", {"login": "", "password": ""})
    assert answer.status_code == 422
    assert described(answer.content.decode()) == ({"id_login_error", "id_password_error"}, set())


@pytest.mark.parametrize(("query", "wrong"), [("patient=17", "id_patient_error"), ("day=yesterday", "id_day_error")])
def test_what_is_wrong_with_a_filter_is_tied_to_it_in_the_log(practice: Practice, query: str, wrong: str) -> None:
    answer = practice.browser(practice.administrator).get(f"/audit/?{query}")
    assert answer.status_code == 422
    assert described(answer.content.decode()) == ({"id_actor_helptext", wrong}, set())
