"""Clinicians say which templates may be shown: of the words they read, at once, on record, and nobody else may."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from pytest_django import Settings

from access.roles import Role
from apps.imagery import reviewing, reviews, scene_templates, selectors, template_selectors
from apps.imagery.review_events import REVIEWS, TemplateApproved, TemplateReturned, TemplateWithdrawn
from apps.imagery.reviewing import TemplateUnknown
from apps.imagery.reviews import APPROVED, DRAFT, WITHDRAWN, CommentMissing, NoSuchState, Reviews, WordsChanged
from apps.imagery.scene_templates import SceneTemplate
from eventstore import store
from eventstore.actor import Actor
from ml.prompting import library

CLINICIAN = Actor(uuid4(), Role.PROVIDER.value)
SUPERVISOR = Actor(uuid4(), Role.SUPERVISOR.value)
ADMINISTRATOR = Actor(uuid4(), Role.ADMINISTRATOR.value)
WHY = "The ice may frighten."


@pytest.fixture
def one(db: None) -> SceneTemplate:
    return scene_templates.templates()[0]


def say(one: SceneTemplate, state: str, comment: str = "", actor: Actor = CLINICIAN, seen: str | None = None) -> int:
    return reviewing.review(one.id, state, seen=seen or one.digest, comment=comment, actor=actor, command_id=uuid4())


def log() -> list[Any]:
    return [recorded.event for recorded in store.read(REVIEWS)]


def test_pages_read_each_template_as_the_engine_does() -> None:
    known = {template.id: template for template in library.templates()}
    read = scene_templates.templates()
    assert [one.id for one in read] == list(known)
    of_pages_alone = {"digest", "former_digest", "fillings", "why_first"}
    same = {field.name for field in fields(SceneTemplate)} - {"season", "contraindications"} - of_pages_alone
    for one in read:
        engine = known[one.id]
        assert all(getattr(one, name) == getattr(engine, name) for name in same)
        assert (one.season or None) == engine.season
        assert frozenset(one.contraindications) == engine.contraindications
    assert len({one.digest for one in read}) == len(read)


def test_what_its_writers_doubted_is_in_the_library_and_in_the_docs() -> None:
    told = (scene_templates.FOLDER.parents[2] / "docs/prompts/README.md").read_text("utf-8")
    assert scene_templates.doubts().keys() <= scene_templates.by_id().keys()
    for template, why in scene_templates.doubts().items():
        assert template.rpartition(".")[2] in told and why in told


def test_a_template_is_a_draft_until_a_clinician_says_otherwise(one: SceneTemplate) -> None:
    assert template_selectors.standing_template(one.id).state == DRAFT
    for state in (APPROVED, WITHDRAWN, DRAFT):
        say(one, state, WHY)
        assert template_selectors.standing_template(one.id).state == state
    digest = one.digest
    assert log() == [kind(template=one.id, digest=digest, comment=WHY)
                     for kind in (TemplateApproved, TemplateWithdrawn, TemplateReturned)]  # fmt: skip
    said = template_selectors.standing_template(one.id).said
    assert [(review.state, review.by, review.role) for review in said] == [
        (state, CLINICIAN.id, "provider") for state in (APPROVED, WITHDRAWN, DRAFT)
    ]


def test_an_approval_is_of_a_wording_and_a_withdrawal_of_the_template(one: SceneTemplate) -> None:
    other_words = "0" * 64
    say(one, APPROVED)
    assert reviewing.now().state(one.id, other_words) == DRAFT
    say(one, WITHDRAWN, WHY)
    assert reviewing.now().state(one.id, other_words) == WITHDRAWN


def test_words_that_changed_since_they_were_read_are_not_judged(one: SceneTemplate) -> None:
    with pytest.raises(WordsChanged):
        say(one, APPROVED, seen="0" * 64)
    assert log() == []


def test_what_the_rules_refuse_is_not_written(one: SceneTemplate) -> None:
    with pytest.raises(CommentMissing):
        say(one, WITHDRAWN, "  ")
    with pytest.raises(CommentMissing):
        say(one, APPROVED, "x" * 1001)
    with pytest.raises(NoSuchState):
        say(one, "perfect", WHY)
    with pytest.raises(TemplateUnknown):
        reviewing.review("no.such.one", APPROVED, seen="", comment="", actor=CLINICIAN, command_id=uuid4())
    for allowed in (True, False):
        with pytest.raises(CommentMissing):
            reviewing.decide_drafts(allowed=allowed, reason=" ", actor=SUPERVISOR, command_id=uuid4())
    assert log() == []


def test_the_same_word_again_is_nothing_new_but_another_persons_is(one: SceneTemplate) -> None:
    for actor in (CLINICIAN, CLINICIAN, SUPERVISOR):
        say(one, APPROVED, actor=actor)
    assert len(log()) == 2
    say(one, APPROVED, "read twice", actor=SUPERVISOR)
    assert [event.comment for event in log()] == ["", "", "read twice"]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.RESEARCHER, Role.PATIENT])
def test_who_is_no_clinician_judges_no_template(one: SceneTemplate, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        say(one, APPROVED, actor=Actor(uuid4(), role.value))
    assert log() == []


def test_only_supervisors_and_administrators_decide_about_drafts(one: SceneTemplate) -> None:
    with pytest.raises(PermissionDenied):
        reviewing.decide_drafts(allowed=True, reason=WHY, actor=CLINICIAN, command_id=uuid4())
    assert log() == []


def test_production_shows_approved_templates_alone_unless_the_organisation_decided(
    one: SceneTemplate, settings: Settings
) -> None:
    second, third = scene_templates.templates()[1:3]
    say(one, APPROVED)
    say(second, WITHDRAWN, WHY)
    assert selectors.closed_templates() == (second.id,)
    settings.ATTUNE_DEMANDS_APPROVED = True
    every = {template.id for template in scene_templates.templates()}
    assert set(selectors.closed_templates()) == every - {one.id}
    for allowed, closed in ((True, {second.id}), (False, every - {one.id})):
        reviewing.decide_drafts(allowed=allowed, reason=WHY, actor=ADMINISTRATOR, command_id=uuid4())
        assert set(selectors.closed_templates()) == closed
    assert third.id in selectors.closed_templates()


def test_a_command_sent_twice_is_one_word(one: SceneTemplate) -> None:
    command_id = uuid4()
    for _ in range(2):
        reviewing.review(one.id, APPROVED, seen=one.digest, comment=WHY, actor=CLINICIAN, command_id=command_id)
    assert len(log()) == 1


def test_what_a_process_remembers_is_what_the_log_says_even_after_a_rollback(one: SceneTemplate) -> None:
    say(one, APPROVED)
    try:
        with transaction.atomic():
            say(one, WITHDRAWN, WHY)
            assert reviewing.now().state(one.id, one.digest) == WITHDRAWN
            raise InterruptedError
    except InterruptedError:
        pass
    assert reviewing.now().state(one.id, one.digest) == APPROVED
    say(one, DRAFT, WHY)
    assert reviewing.now() == reviews.replay(store.read(REVIEWS))


@dataclass(frozen=True)
class Said:
    """A recorded event, for the rules alone."""

    event: Any
    version: int
    event_id: UUID
    actor_id: UUID = CLINICIAN.id
    actor_role: str = CLINICIAN.role
    recorded_at: datetime = datetime(2026, 11, 28, tzinfo=UTC)


def test_going_on_from_what_was_known_is_the_same_as_reading_all_again() -> None:
    kinds = (TemplateApproved, TemplateReturned, TemplateWithdrawn)
    history = [Said(kinds[n % 3](template=f"t{n % 5}", digest="d", comment=str(n)), n + 1, uuid4()) for n in range(30)]
    whole = reviews.replay(history)
    for cut in range(len(history)):
        known = reviews.replay(history[:cut])
        before = replace(known, of=dict(known.of))
        assert reviews.replay(history[cut:], known) == whole
        assert known == before
    assert reviews.replay([]) == Reviews()
