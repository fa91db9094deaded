"""A picture that the engine has go on from the last one is painted over it; the log and the chart say so."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access import caseload
from access.door import Purpose, Right, open_patient
from access.roles import Role
from apps.accounts.commands import create_user
from apps.exercises import selectors as exercises
from apps.imagery import aggregate, commands, keeping, pictures
from apps.imagery.aggregate import Imagery, Painted
from apps.imagery.events import ImageShown, ImageWithdrawn
from apps.imagery.tasks import answering
from eventstore.actor import Actor
from eventstore.event import type_of
from eventstore.upcast import decode
from ml.imaging.profiles import profile
from ml.prompting import evolving
from ml.prompting.choose import Choice
from ml.prompting.recorded import decide
from ml.vocabulary import TECHNIQUES
from tests.apps.imagery.living import PASSWORD, Living, events, run_jobs
from tests.apps.imagery.showing import SCENE, USUAL, Showing, showing
from tests.apps.practice import Practice
from vault import blobs, packing

Decide = Callable[[Mapping[str, Any], int], Choice]


def onward(style: str) -> Decide:
    """The engine, as if each choice in this style went on from the picture before."""

    def chosen(inputs: Mapping[str, Any], seed: int) -> Choice:
        choice = decide(inputs, seed)
        scene = replace(choice.scene, style=style or choice.scene.style)
        return replace(choice, scene=scene, reasons=(*choice.reasons, evolving.REASON))

    return chosen


def second(patient: Living, seconds: float = 60) -> ImageShown:
    patient.waits(seconds=seconds)
    patient.feels(-1, 20)
    run_jobs()
    return events(patient, ImageShown)[-1]


def within(technique: str) -> Decide:
    """The engine, as if nothing else stood; without rooms, whose mist the NSFW layer now and then takes for skin."""
    limits = {"blocked_techniques": sorted(set(TECHNIQUES) - {technique}), "blocked_kinds": ["room"]}
    return lambda inputs, seed: decide({**inputs, **limits}, seed)


def the_first(patient: Living, monkeypatch: pytest.MonkeyPatch, technique: str = "mindfulness") -> ImageShown:
    with monkeypatch.context() as patched:
        patched.setattr(answering, "decide", within(technique))
        patient.feels(-4, 30)
        run_jobs()
    (picture,) = events(patient, ImageShown)
    assert (picture.technique, picture.fallback, picture.began_as) == (technique, "", None)
    return picture


@pytest.fixture
def first(patient: Living, monkeypatch: pytest.MonkeyPatch) -> ImageShown:
    return the_first(patient, monkeypatch)


def test_the_next_of_a_sequence_is_painted_over_the_last(
    patient: Living, first: ImageShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "decide", onward(first.style))
    picture = second(patient)
    assert picture.image_id != first.image_id
    assert (picture.began_as, picture.strength) == (first.image_id, profile("embedded").strength)
    assert picture.fallback == ""


def test_a_picture_that_is_not_of_a_sequence_begins_from_noise(patient: Living, first: ImageShown) -> None:
    picture = second(patient)
    assert evolving.REASON not in picture.why, "choose other moods: this was to be a picture of its own"
    assert (picture.began_as, picture.strength) == (None, 1.0)


def test_another_style_is_not_painted_over_the_last(
    patient: Living, first: ImageShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "ink" if first.style != "ink" else "gouache"
    monkeypatch.setattr(answering, "decide", onward(other))
    assert second(patient).began_as is None


def test_where_the_last_file_cannot_be_read_the_picture_begins_from_noise(
    patient: Living, first: ImageShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "decide", onward(first.style))
    blobs.drop(patient.id, first.image_id)
    picture = second(patient)
    assert (picture.fallback, picture.began_as, picture.strength) == ("", None, 1.0)


def leaves_out_a_word_of_it(patient: Living, first: ImageShown) -> None:
    patient.avoids(words=(max(re.findall(r"[a-z]+", first.alt.lower()), key=len),))


def sets_it_aside(patient: Living, first: ImageShown) -> None:
    patient.seal()
    clinician = create_user(f"{uuid4().hex[:8]}@example.org", PASSWORD, Role.PROVIDER)
    caseload.assign(clinician.id, patient.id, actor=Actor.system("test"))
    permit = open_patient(clinician.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.TREATMENT)
    keeping.leave_out_of(permit, first.image_id, "picture", reason="It frightened her.", command_id=uuid4())


@pytest.mark.parametrize("forbid", [leaves_out_a_word_of_it, sets_it_aside])
def test_what_was_forbidden_since_does_not_stay_in_the_next_picture(
    patient: Living, first: ImageShown, monkeypatch: pytest.MonkeyPatch, forbid: Callable[[Living, ImageShown], None]
) -> None:
    monkeypatch.setattr(answering, "decide", onward(first.style))
    forbid(patient, first)
    picture = second(patient)
    assert (picture.began_as, picture.strength) == (None, 1.0)


def test_nothing_is_begun_from_a_picture_of_another_way_of_working(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = the_first(patient, monkeypatch, "behavioural_activation")
    monkeypatch.setattr(answering, "decide", onward(other.style))
    assert second(patient).began_as is None


def test_a_calm_picture_after_a_step_begins_from_noise(
    patient: Living, first: ImageShown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "decide", onward(first.style))
    monkeypatch.setattr(exercises, "on_calm_picture", lambda *_: True)
    assert second(patient).began_as is None


def shown(image_id: UUID, **facts: Any) -> ImageShown:
    return ImageShown(request_id=uuid4(), image_id=image_id, shown_at=timezone.now(), **(USUAL | facts))


def test_the_last_picture_is_one_that_was_painted_and_upset_nobody() -> None:
    one, other = uuid4(), uuid4()
    painted = aggregate.apply(Imagery(), shown(one))
    assert painted.last == Painted(one, USUAL["template"], USUAL["style"], USUAL["alt"])
    assert aggregate.apply(painted, shown(other, **SCENE)).last is None
    assert aggregate.apply(painted, ImageWithdrawn(image_id=one, withdrawn_at=timezone.now())).last is None
    after = aggregate.apply(painted, shown(other))
    assert after.last is not None and after.last.image_id == other
    assert aggregate.apply(after, ImageWithdrawn(image_id=one, withdrawn_at=timezone.now())).last == after.last


def test_a_picture_of_before_is_read_as_one_from_noise() -> None:
    codec, event = type_of(ImageShown).codec, shown(uuid4())
    old = {name: value for name, value in codec.encode(event).items() if name not in ("began_as", "strength")}
    assert decode("imagery.shown.v1", packing.pack(old)) == event


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def test_a_clinician_reads_what_it_was_painted_over_and_rows_made_anew_hold_the_same(
    practice: Practice, session: Showing, seal_now: Callable[[], None]
) -> None:
    before = session.show()
    over = session.show(began_as=before, strength=0.45)
    seal_now()
    rows = [pictures.find(session.patient_id, one) for one in (before, over)]
    assert [(one.began_as, one.strength) for one in rows if one] == [(None, 1.0), (before, 0.45)]
    html = practice.browser(practice.provider).get(f"/patients/{session.patient_id}/pictures/").content.decode()
    assert html.count("Painted over the picture before") == 1
    assert "<dd>45 % of the way anew</dd>" in html
    call_command("rebuild", "imagery.images")
    assert [pictures.find(session.patient_id, one) for one in (before, over)] == rows


def test_the_log_of_a_session_knows_its_last_picture(patient: Living, first: ImageShown) -> None:
    last = commands.load(patient.session_id).last
    assert last == Painted(first.image_id, first.template, first.style, first.alt)
