"""The rules of the paired choice: who is offered one, what is compared, and that there is one answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.imagery import pair_policy, pairs
from apps.imagery.events import ImageComposed, ImageReworded, ImageShown, ImageWithdrawn
from apps.imagery.pair_arms import last_decision
from apps.imagery.pair_events import PairOffered
from apps.imagery.pair_policy import Standing, why_not
from apps.imagery.pairs import NoSuchAnswer, Pair, PairAnswered, PairClosed, PairUnknown
from tests.apps.imagery.paired import ENGINE_ALT, GENERIC_ALT, arm
from tests.apps.imagery.showing import USUAL

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
FREE = Standing(
    since_end=timedelta(seconds=2), consents=frozenset({"images", "research"}), distress=20, bound=False,
    drafts_shown=True, technique="mindfulness",
)  # fmt: skip
DECIDED: dict[str, Any] = {
    "template": USUAL["template"], "technique": "mindfulness", "prompt": "a lake at dawn", "negative": "storm",
    "reasons": (), "seed": 1, "engine": "cbt-3", "library": "", "inputs": b"{}", "attempt": 0,
}  # fmt: skip


def offered(*, engine_first: bool = True) -> PairOffered:
    return PairOffered(
        request_id=uuid4(), engine_image_id=uuid4(), generic_image_id=uuid4(), engine=arm(ENGINE_ALT),
        generic=arm(GENERIC_ALT), generic_prompt="generic-1", engine_first=engine_first, template="t",
        technique="mindfulness", emotion="sadness", style="ink", model="m", seed=1, steps=1, guidance=1.0, share=1.0,
        offered_at=NOW,
    )  # fmt: skip


def test_nobody_whom_a_rule_of_the_engine_protects_is_offered_a_generic_picture() -> None:
    assert why_not(FREE) is None
    against: dict[str, dict[str, Any]] = {
        "consent": {"consents": frozenset({"images"})},
        "no_feedback": {"distress": None},
        "distress": {"distress": pair_policy.MOST_DISTRESS + 1},
        "bound": {"bound": True},
        "unreviewed": {"drafts_shown": False},
        "no_picture": {"technique": None},
        "late": {"since_end": timedelta(seconds=61)},
    }
    assert {reason: why_not(replace(FREE, **facts)) for reason, facts in against.items()} == {
        reason: reason for reason in against
    }
    assert why_not(replace(FREE, technique="progressive_exposure")) == "no_picture"
    assert why_not(replace(FREE, consents=frozenset({"research"}))) == "consent"


@given(session_id=st.uuids(), share=st.floats(0, 1))
def test_what_chance_says_of_a_session_is_the_same_each_time_and_more_share_takes_no_session_away(
    session_id: UUID, share: float
) -> None:
    drawn = pairs.draw(session_id, share)
    assert drawn == pairs.draw(session_id, share)
    assert pairs.draw(session_id, 1.0) == replace(drawn, taken=True)
    assert not pairs.draw(session_id, 0.0).taken
    assert 0 <= drawn.seed < 2**31


def test_a_quarter_of_sessions_is_drawn_and_each_arm_stands_first_in_half_of_them() -> None:
    drawn = [pairs.draw(UUID(int=number), 0.25) for number in range(4000)]
    taken = [one for one in drawn if one.taken]
    assert 0.22 < len(taken) / len(drawn) < 0.28
    assert 0.44 < sum(one.engine_first for one in taken) / len(taken) < 0.56


def test_one_answer_is_taken_in_time_and_no_other() -> None:
    pair = Pair(offered=offered())
    for answer in pairs.ANSWERS:
        [chosen] = pairs.choose(pair, answer, at=NOW + pairs.OPEN_FOR)
        assert chosen.answer == answer  # type: ignore[attr-defined]
    with pytest.raises(PairClosed):
        pairs.choose(pair, "first", at=NOW + pairs.OPEN_FOR + timedelta(seconds=1))
    with pytest.raises(PairAnswered):
        pairs.choose(replace(pair, answer="first"), "first", at=NOW)
    with pytest.raises(PairUnknown):
        pairs.choose(Pair(), "first", at=NOW)
    with pytest.raises(NoSuchAnswer):
        pairs.choose(pair, "engine", at=NOW)


def test_a_session_has_one_pair_at_most() -> None:
    assert pairs.settle(Pair(offered=offered()), offered()) == []
    first = offered()
    assert pairs.settle(Pair(), first) == [first]


@pytest.mark.parametrize("engine_first", [True, False])
def test_an_answer_by_place_says_which_arm_it_was(engine_first: bool) -> None:
    pair = offered(engine_first=engine_first)
    engine, generic = ("first", "second") if engine_first else ("second", "first")
    assert pairs.at_place(pair, engine) == (pair.engine_image_id, ENGINE_ALT)
    assert pairs.at_place(pair, generic) == (pair.generic_image_id, GENERIC_ALT)
    told = {answer: pairs.outcome(answer, engine_first=engine_first) for answer in pairs.ANSWERS}
    assert told == {
        engine: "engine", generic: "generic", "no_difference": "no_difference", "skipped": "skipped", "upset": "upset"
    }  # fmt: skip
    assert pairs.outcome(None, engine_first=engine_first) == "unanswered"


def shown(request_id: UUID, **facts: Any) -> ImageShown:
    return ImageShown(request_id=request_id, image_id=uuid4(), shown_at=NOW, **(USUAL | facts))


def test_the_engine_speaks_by_the_last_painted_picture_that_stayed_and_in_the_words_it_was_painted_from() -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    gone = shown(third)
    happened: list[Any] = [
        ImageComposed(request_id=first, **DECIDED), shown(first),
        ImageComposed(request_id=second, **(DECIDED | {"prompt": "a river"})),
        ImageReworded(
            request_id=second, attempt=0, model="m", outcome="taken", prompt="a slow river", alt="", line="", ms=1
        ), shown(second),
        ImageComposed(request_id=third, **(DECIDED | {"prompt": "the sea"})), gone,
        shown(uuid4(), fallback="late"), ImageWithdrawn(image_id=gone.image_id, withdrawn_at=NOW),
    ]  # fmt: skip
    found = last_decision(happened)
    assert found is not None
    assert (found.request_id, found.prompt, found.negative) == (second, "a slow river", "storm")
    vetted = last_decision([ImageComposed(request_id=first, **DECIDED), shown(first, fallback="refused")])
    assert vetted is None
