"""After a session that was drawn, both arms are painted anew and judged alike; or none is, and the log says why."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from apps.imagery import pairing, scheduling, tasks
from apps.imagery.events import ImageComposed, ImageShown
from apps.imagery.models import ImageRow
from apps.imagery.pair_events import PairOffered
from apps.imagery.pairing import PAIR
from apps.imagery.tasks import painting
from apps.sessions import commands as sessions
from eventstore.models import Job
from ml.imaging.order import Drawn
from ml.prompting.generic import generic_prompt
from ml.safety.text import screen_text
from ml.safety.verdict import Refusal, SafePrompt, refused
from tests.apps.imagery.living import Clock, Living, Seal, events, jobs_of, living, run_jobs
from tests.apps.imagery.paired import closed_session, plain
from tests.apps.imagery.showing import showing
from vault import blobs

Paint = Callable[..., Any]


@pytest.fixture
def ada(fresh_db: str, valkey: object, seal_now: Seal, clock: Clock, settings: Settings) -> Living:
    settings.ATTUNE_PAIRED_CHOICE_SHARE = 1.0
    return living(seal_now, clock, consents=("images", "research"))


def closes(patient: Living, *, distress: int = 20, text: str = "") -> None:
    sessions.give_feedback(
        patient.session_id, distress=distress, satisfaction=4, text=text, at=timezone.now(), actor=patient.actor,
        command_id=uuid4(),
    )  # fmt: skip
    patient.ends()
    patient.seal()


def run_pair() -> int:
    waiting = jobs_of(PAIR)
    for job_id in waiting:
        tasks.pair(str(job_id))
    return len(waiting)


def painter(asked: list[tuple[str, int]], refuse: str = "") -> Paint:
    """Paints a grey picture of whatever passes the text layers; refuses pictures whose prompts begin with `refuse`."""

    def paint(prompt: str, negative: str, seed: int, *_: object, **__: object) -> Any:
        asked.append((prompt, seed))
        safe = screen_text(prompt, negative)
        assert isinstance(safe, SafePrompt)
        if refuse and prompt.startswith(refuse):
            return painting.Declined("picture", (Refusal(refused("nsfw", "may show it", {"sexual": 0.9}, {})),))
        image = plain(len(asked) * 40)
        return safe, painting.Painted(
            image, Drawn(image.pixels, 1, "painter@test", seed, 12, 3.5, prompt, (), "A still lake by day.")
        )

    return paint


def one_painted(patient: Living) -> ImageShown:
    """A picture of the engine's, painted by a stand-in, however busy the machine is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(painting, "paint", painter([]))
        patient.feels(-3, 30)
        run_jobs()
    patient.seal()
    [shown] = events(patient, ImageShown)
    assert shown.fallback == ""
    return shown


@pytest.fixture
def shown(ada: Living) -> Living:
    """A session in which one picture was painted, by a stand-in."""
    one_painted(ada)
    return ada


def until_offered(first: Living) -> tuple[Living, ImageShown, PairOffered]:
    """A session whose pair no layer refused. Chance seeds each session's pictures, and some of them are refused."""
    patient = first
    for _ in range(8):
        before = one_painted(patient)
        closes(patient)
        assert run_pair() == 1
        pair = pairing.load(patient.session_id)
        if pair.offered is not None:
            return patient, before, pair.offered
        assert pair.withheld is not None
        assert (pair.withheld.reason, bool(pair.withheld.scores)) == ("picture", True)
        patient = living(first.seal, first.clock, consents=("images", "research"))
    pytest.fail("eight pairs were refused")


def test_both_arms_are_painted_by_the_painter_that_ships_from_one_noise(ada: Living) -> None:
    ada, before, pair = until_offered(ada)
    composed = [one for one in events(ada, ImageComposed) if one.request_id == pair.request_id][-1]
    generic = generic_prompt(before.emotion, before.style)
    assert pair.engine.prompt_sha256 == hashlib.sha256(composed.prompt.encode()).hexdigest()
    assert pair.generic.prompt_sha256 == hashlib.sha256(generic.prompt.encode()).hexdigest()
    assert (pair.style, pair.seed) == (before.style, pairing.draw(ada.session_id).seed)
    assert pair.model.startswith("painter@")
    for arm in (pair.engine, pair.generic):
        labels = {score.label for score in arm.scores}
        assert {"prompt:self_harm", "picture:sexual", "picture:spoilt"} <= labels
        assert arm.alt.endswith(".")
    files = [blobs.open(ada.id, one).data for one in (pair.engine_image_id, pair.generic_image_id)]
    assert files[0] != files[1]
    ada.seal()
    assert ImageRow.objects.filter(patient_id=ada.id).count() == 1, (
        "a pair is neither on the chart nor in what the engine learns from"
    )


def test_a_session_that_was_not_drawn_or_not_closed_by_its_patient_has_no_pair(
    shown: Living, settings: Settings
) -> None:
    settings.ATTUNE_PAIRED_CHOICE_SHARE = 0.0
    closes(shown)
    assert jobs_of(PAIR) == []
    settings.ATTUNE_PAIRED_CHOICE_SHARE = 1.0
    other = living(shown.seal, shown.clock, consents=("images", "research"))
    sessions.end_session(other.session_id, reason="abandoned", at=timezone.now(), actor=other.actor, command_id=uuid4())
    other.seal()
    assert jobs_of(PAIR) == []


def test_nothing_is_painted_for_whom_a_rule_stands_and_the_log_says_why(
    shown: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(painting, "paint", painter(asked))
    closes(shown, text="I want to kill myself.")
    assert why_none(shown.session_id) == "words"
    cases: list[tuple[str, int, Callable[[], None]]] = [
        ("distress", 90, lambda: None),
        ("bound", 20, lambda: shown.avoids(words=("Aunt Rosalind",))),
        ("consent", 20, lambda: shown.withdraws("research")),
    ]
    for reason, distress, happens in cases:
        happens()
        session_id = closed_session(shown.id, shown.actor, distress=distress)
        shown.seal()
        assert why_none(session_id) == reason
    assert asked == []


def test_whom_a_picture_upset_a_moment_ago_elsewhere_is_not_asked(shown: Living) -> None:
    elsewhere = showing(shown.id, shown.actor)
    image_id = elsewhere.show(kind="sea")
    closes(shown)
    elsewhere.upset(image_id)  # no row knows of it yet
    assert why_none(shown.session_id) == "bound"


def why_none(session_id: UUID) -> str:
    """The reason that the log gives for there being no pair, once its job has run."""
    assert run_pair() == 1
    withheld = pairing.load(session_id).withheld
    assert withheld is not None
    return withheld.reason


def test_where_a_layer_refuses_one_arm_no_pair_is_offered_and_no_file_is_left(
    shown: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painting, "paint", painter([], refuse="Please paint"))
    put: list[object] = []
    monkeypatch.setattr(blobs, "put", lambda *one, **_: put.append(one))
    closes(shown)
    run_pair()
    pair = pairing.load(shown.session_id)
    assert pair.offered is None
    assert pair.withheld is not None
    assert (pair.withheld.reason, pair.withheld.arm, pair.withheld.stage) == ("picture", "generic", "nsfw")
    assert [score.label for score in pair.withheld.scores] == ["picture:sexual"]
    assert put == []


def test_an_agreement_taken_back_while_the_pair_was_painted_ends_it_and_its_files(
    shown: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    paint = painter(asked)

    def meanwhile(*order: Any, **more: Any) -> Any:
        if asked:
            shown.withdraws("images")
        return paint(*order, **more)

    monkeypatch.setattr(painting, "paint", meanwhile)
    dropped: list[object] = []
    monkeypatch.setattr(blobs, "drop", lambda _, one: dropped.append(one))
    closes(shown)
    run_pair()
    pair = pairing.load(shown.session_id)
    assert pair.withheld is not None
    assert pair.withheld.reason == "consent"
    assert len(dropped) == 2


def test_a_rule_that_comes_to_stand_while_the_pair_is_painted_ends_it_and_its_files(
    shown: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    paint = painter(asked)

    def meanwhile(*order: Any, **more: Any) -> Any:
        if asked:
            shown.avoids(words=("Aunt Rosalind",))
        return paint(*order, **more)

    monkeypatch.setattr(painting, "paint", meanwhile)
    dropped: list[object] = []
    monkeypatch.setattr(blobs, "drop", lambda _, one: dropped.append(one))
    closes(shown)
    assert why_none(shown.session_id) == "bound"
    assert len(dropped) == 2


def test_both_arms_have_one_seed_and_a_job_delivered_twice_paints_once(
    shown: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(painting, "paint", painter(asked))
    closes(shown)
    [job_id] = jobs_of(PAIR)
    tasks.pair(str(job_id))
    Job.objects.filter(id=job_id).update(status=Job.Status.WAITING)
    tasks.pair(str(job_id))
    assert len({seed for _, seed in asked}) == 1
    assert [prompt.startswith("Please paint") for prompt, _ in asked][:2] == [False, True]
    assert pairing.load(shown.session_id).version == 1
    assert len(asked) == 2


def test_patients_who_wait_for_a_picture_come_first(shown: Living) -> None:
    closes(shown)
    scheduling.schedule(uuid4(), uuid4(), shown.id, reason=scheduling.MORE)
    run_pair()
    assert jobs_of(PAIR) != [], "left for later"
    assert not pairing.load(shown.session_id).settled
