"""What slots may hold is part of what a clinician approves; approvals of before that stand while nothing changed."""

import hashlib
import json
import tomllib
from uuid import uuid4

import pytest

from access.roles import Role
from apps.imagery import scene_templates, template_selectors, template_slots
from apps.imagery.review_events import REVIEWS, TemplateApproved
from apps.imagery.reviews import APPROVED, DRAFT
from eventstore import store
from eventstore.actor import Actor
from ml.prompting import library, slots

CLINICIAN = Actor(uuid4(), Role.PROVIDER.value)


def test_pages_know_what_slots_may_hold_as_the_engine_does() -> None:
    for name, known in (("goal", slots.goals()), ("liked_place", slots.liked_places())):
        read = template_slots.lists()[name]
        assert {key: (one["shows"], one["says"], frozenset(one["triggers"])) for key, one in read.items()} == {
            key: (value.shows, value.says, value.triggers) for key, value in known.items()
        }
    for one in scene_templates.templates():
        asks = library.by_id()[one.id].slots()
        goals = slots.goals().values() if asks & {"goal", "goal_name"} else ()
        places = slots.liked_places().values() if "liked_place" in asks else ()
        assert sorted(one.fillings) == sorted(
            value.shows if value.says == value.shows else f"{value.shows} ({value.says})" for value in (*goals, *places)
        )


@pytest.mark.parametrize("former", [False, True])
def test_an_approval_stands_until_slots_hold_something_else_under_whichever_digest_it_was_given(
    db: None, monkeypatch: pytest.MonkeyPatch, former: bool
) -> None:
    one = next(one for one in scene_templates.templates() if one.fillings)
    digest = one.former_digest if former else one.digest
    said = TemplateApproved(template=one.id, digest=digest, comment="")
    store.append(REVIEWS, [said], expected=0, actor=CLINICIAN, command_id=uuid4())
    standing = template_selectors.standing_template(one.id)
    assert (standing.state, standing.changed_since) == (APPROVED, False)
    other = {name: {key: dict(value) for key, value in each.items()} for name, each in template_slots.lists().items()}
    other["goal"]["rest"]["shows"] = "an unmade bed"
    other["liked_place"]["sea"]["shows"] = "a harbour"
    monkeypatch.setattr(template_slots, "lists", lambda: other)
    read_again = {each.id: each for each in scene_templates.templates.__wrapped__()}
    monkeypatch.setattr(scene_templates, "by_id", lambda: read_again)
    standing = template_selectors.standing_template(one.id)
    assert (standing.state, standing.changed_since) == (DRAFT, True)


def test_each_template_keeps_the_digest_that_it_had_and_those_with_slots_bear_another_first() -> None:
    """As recorded before slots counted: sha256 of the canonical JSON of id and entry."""
    for path in sorted(scene_templates.FOLDER.glob("*/*.toml")):
        for name, entry in tomllib.loads(path.read_text("utf-8")).items():
            one = scene_templates.by_id()[f"{path.parent.name}.{path.stem}.{name}"]
            written = json.dumps([one.id, entry], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            was = hashlib.sha256(written.encode()).hexdigest()
            assert one.digests == ((one.digest, was) if one.fillings else (was,))
    assert len({one.digest for one in scene_templates.templates()}) == len(scene_templates.templates())
