"""The rules of vetoes, without a store, and the words that pages have for them."""

import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from apps.imagery import vetoes, words
from apps.imagery.keeping_events import LeftOut
from apps.imagery.vetoes import NothingWouldStand, VetoUnknown
from ml.scenes.spec import KINDS, STYLES

PROFILES = Path(__file__).parents[3] / "ml" / "imaging" / "profiles.toml"
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def test_pages_know_the_styles_and_kinds_that_scenes_have() -> None:
    assert set(words.STYLES) == set(STYLES)
    assert set(words.KINDS) == set(KINDS)
    assert all(word.word for word in (*words.styles(), *words.kinds()))
    assert all(word.about for word in words.styles())


def test_pages_know_which_weights_are_a_preview() -> None:
    profiles = tomllib.loads(PROFILES.read_text("utf-8")).values()
    previews = {Path(one["folder"]).name for one in profiles if one["label"] == "preview model"}
    assert previews == words.PREVIEWS
    assert words.is_preview("painter@2a7f7498")
    assert not words.is_preview("library:sea-00")


@dataclass(frozen=True)
class Said:
    """An event as the rules meet it in the log."""

    event: object
    version: int
    actor_id: UUID
    recorded_at: datetime


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(words.STYLES)), max_size=12))
def test_whatever_is_set_aside_and_taken_back_one_style_stands_and_no_veto_stands_twice(
    course: list[tuple[bool, str]],
) -> None:
    log: list[Said] = []
    for sets_aside, style in course:
        bound = vetoes.replay(log)
        made: list[object] = []
        with suppress(NothingWouldStand, VetoUnknown):
            made = _set_aside(bound, style) if sets_aside else _take_back(bound, style)
        log += [Said(event, len(log) + 1, uuid4(), NOW) for event in made]
        standing = [veto.value for veto in vetoes.replay(log).vetoes if veto.lifted is None]
        assert len(standing) == len(set(standing)) < len(words.STYLES)
    assert vetoes.replay(log).version == len(log)


def _set_aside(bound: vetoes.Choosing, style: str) -> list[object]:
    wanted = LeftOut(veto_id=uuid4(), what="style", value=style, image_id=None, template="", reason="agreed on")
    return vetoes.leave_out(bound, wanted)


def _take_back(bound: vetoes.Choosing, style: str) -> list[object]:
    found = [veto.id for veto in bound.vetoes if veto.value == style]
    return vetoes.let_in(bound, found[-1] if found else uuid4(), reason="")
