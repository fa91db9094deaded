"""The laws of a care plan, of local time, and of how a patient's own words are understood."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ml.prompting
from apps.patients import aggregate, understood
from apps.patients.aggregate import Patient, PatientUnknown, SettingNotOffered
from apps.patients.events import PatientRegistered, PlanSet
from apps.patients.local_time import UNKNOWN, LocalTime, latitudes, local_time
from apps.patients.plan import NO_PLAN, PlanWrong
from ml.vocabulary import TECHNIQUES

BEGUN = [PatientRegistered(name="Ada", label="Patient 001")]
REGISTERED = aggregate.replay(BEGUN)
CR, BA, MF, PE = TECHNIQUES

plans = st.builds(
    PlanSet,
    most_pictures=st.none() | st.integers(-1, 120),
    intensity_ceiling=st.none() | st.integers(-1, 120),
    techniques_out=st.lists(st.sampled_from((*TECHNIQUES, "hypnosis")), max_size=4).map(tuple),
    techniques_preferred=st.lists(st.sampled_from(TECHNIQUES), max_size=2).map(tuple),
    note=st.text(max_size=20),
)


def plan(**changes: object) -> PlanSet:
    usual = {name: getattr(NO_PLAN, name) for name in PlanSet.__dataclass_fields__}
    return PlanSet(**(usual | changes))


@given(plans)
def test_what_stands_can_be_followed_and_what_cannot_is_refused(wanted: PlanSet) -> None:
    try:
        events = aggregate.set_plan(REGISTERED, wanted)
    except PlanWrong:
        return
    now = aggregate.replay([*BEGUN, *events]).plan
    assert set(TECHNIQUES) - set(now.techniques_out) - {PE}
    assert not set(now.techniques_out) & set(now.techniques_preferred)
    assert now.intensity_ceiling is None or MF not in now.techniques_out
    assert now.most_pictures is None or 0 <= now.most_pictures <= 99
    assert aggregate.set_plan(aggregate.replay([*BEGUN, *events]), wanted) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (plan(techniques_out=("hypnosis",)), "unknown_technique"),
        (plan(techniques_out=(MF,), techniques_preferred=(MF,)), "both"),
        (plan(techniques_out=(CR, BA, MF)), "none_left"),
        (plan(techniques_out=(MF,), intensity_ceiling=50), "nothing_steadies"),
        (plan(most_pictures=100), "pictures"),
        (plan(intensity_ceiling=101), "intensity"),
        (plan(note="x" * 501), "note"),
    ],
)
def test_a_plan_that_nothing_could_follow_is_refused_by_name(wrong: PlanSet, code: str) -> None:
    with pytest.raises(PlanWrong) as refused:
        aggregate.set_plan(REGISTERED, wrong)
    assert refused.value.code == code


def test_nobody_unknown_has_a_plan_or_settings() -> None:
    with pytest.raises(PatientUnknown):
        aggregate.set_plan(Patient(), NO_PLAN)
    with pytest.raises(PatientUnknown):
        aggregate.set_settings(Patient(), language="en", time_zone="")


@pytest.mark.parametrize(
    ("language", "zone"), [("xx", ""), ("", "Nowhere/Here"), ("", "../../etc/passwd"), ("", "UTC")]
)
def test_only_languages_and_zones_of_the_lists_are_taken(language: str, zone: str) -> None:
    with pytest.raises(SettingNotOffered) as refused:
        aggregate.set_settings(REGISTERED, language=language, time_zone=zone)
    assert refused.value.names == (("language",) if language else ("time_zone",))


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Zurich", datetime(2026, 1, 15, 23, 30, tzinfo=UTC), LocalTime("winter", "night")),
        ("Europe/Zurich", datetime(2026, 7, 1, 3, 0, tzinfo=UTC), LocalTime("summer", "morning")),
        ("America/New_York", datetime(2026, 9, 1, 3, 0, tzinfo=UTC), LocalTime("summer", "night")),  # August there
        ("Australia/Sydney", datetime(2026, 1, 15, 2, 0, tzinfo=UTC), LocalTime("summer", "afternoon")),
        ("America/Argentina/Buenos_Aires", datetime(2026, 4, 1, 22, 0, tzinfo=UTC), LocalTime("autumn", "evening")),
        ("Asia/Singapore", datetime(2026, 1, 15, 3, 0, tzinfo=UTC), LocalTime(None, "morning")),
        ("Asia/Calcutta", datetime(2026, 1, 15, 3, 0, tzinfo=UTC), LocalTime(None, "morning")),
        ("UTC", datetime(2026, 1, 15, 3, 0, tzinfo=UTC), UNKNOWN),
        ("", datetime(2026, 1, 15, 3, 0, tzinfo=UTC), UNKNOWN),
    ],
)
def test_season_and_time_of_day_are_those_of_where_the_patient_lives(
    zone: str, moment: datetime, expected: LocalTime
) -> None:
    assert local_time(zone, moment) == expected


def test_every_zone_of_the_list_has_a_time_of_day() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert all(local_time(zone, noon).day_time for zone in latitudes())
    assert {"Europe/Kiev", "Europe/Kyiv", "Asia/Calcutta"} <= latitudes().keys()  # browsers say old names, too


@pytest.mark.parametrize(
    ("phrases", "goals", "places"),
    [
        (["Sleep better", "see my friends"], ("rest", "people"), ()),
        (["worry less, breathe"], ("calm",), ()),
        (["Painting again"], ("making",), ()),
        (["be kinder to myself"], ("kindness",), ()),
        (["the beach at Rimini", "Alps"], (), ("sea", "mountains")),
        (["woods behind our house"], ("home",), ("forest", "room")),
        (["xyzzy", ""], (), ()),
        (["seasons", "artwork"], (), ()),
    ],
)
def test_a_patients_own_words_are_understood_as_words_of_the_list(
    phrases: list[str], goals: tuple[str, ...], places: tuple[str, ...]
) -> None:
    assert (understood.goals(phrases), understood.places(phrases)) == (goals, places)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_whatever_is_written_only_words_of_the_list_come_out(phrases: list[str]) -> None:
    assert set(understood.goals(phrases)) <= set(understood.GOALS)
    assert set(understood.places(phrases)) <= set(understood.PLACES)


def test_goals_and_places_are_those_that_the_prompt_engine_can_fill_in() -> None:
    slots = tomllib.loads((Path(ml.prompting.__file__).parent / "templates" / "slots.toml").read_text())
    assert set(understood.GOALS) == set(slots["goal"])
    assert set(understood.PLACES) == set(slots["liked_place"])
