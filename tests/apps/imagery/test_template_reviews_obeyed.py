"""What clinicians say of templates binds the next picture, and the log alone tells the same decision again."""

import json
from uuid import uuid4

import pytest
from django.core.management import call_command
from pytest_django import Settings

from access.roles import Role
from apps.imagery import reviewing, scene_templates
from apps.imagery.events import ImageComposed, ImageShown
from apps.imagery.reviews import APPROVED, WITHDRAWN
from eventstore.actor import Actor
from tests.apps.imagery.living import Living, events, run_jobs

pytestmark = pytest.mark.usefixtures("no_painter")
CLINICIAN = Actor(uuid4(), Role.PROVIDER.value)


def say(state: str, *templates: str) -> None:
    for template in templates:
        digest = scene_templates.by_id()[template].digest
        reviewing.review(template, state, seen=digest, comment="read", actor=CLINICIAN, command_id=uuid4())


def test_where_nothing_is_approved_a_vetted_scene_is_shown_and_what_is_approved_is_chosen(
    patient: Living, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ATTUNE_DEMANDS_APPROVED = True
    patient.feels(-4, 30)
    run_jobs()
    (shown,) = events(patient, ImageShown)
    assert (shown.fallback, shown.model.partition(":")[0]) == ("nothing_stands", "library")
    assert events(patient, ImageComposed) == []
    approved = [one.id for one in scene_templates.templates() if one.technique == "mindfulness"][:2]
    say(APPROVED, *approved)
    say(WITHDRAWN, approved[0])
    patient.waits(seconds=60)
    patient.feels(4, 10)
    run_jobs()
    (composed,) = events(patient, ImageComposed)
    assert composed.template == approved[1]
    assert json.loads(composed.inputs)["open_templates"] and len(composed.inputs) < 2000  # not the ids of all others
    say(WITHDRAWN, approved[1])  # what was decided stays as it was decided
    call_command("replay", str(patient.session_id), "--json")
    assert json.loads(capsys.readouterr().out)["identical"] == 1
