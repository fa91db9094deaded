"""The vetted library: large enough, told apart, and never a scene that somebody excluded."""

import io

import numpy as np
import pytest
from PIL import Image

from ml.safety.image import screen_image
from ml.safety.verdict import SafeImage
from ml.scenes import library
from ml.scenes.library import by_id, entries, nearest, pick, standing
from ml.scenes.spec import KINDS, SceneSpec, lawful

TAGS = sorted(set().union(*(entry.tags for entry in entries())))


def test_at_least_150_scenes_of_every_kind_with_ids_of_their_own() -> None:
    assert len(entries()) >= 150
    assert len({entry.id for entry in entries()}) == len(entries())
    assert len({entry.spec for entry in entries()}) == len(entries())
    assert {entry.spec.kind for entry in entries()} == set(KINDS)


def test_every_scene_can_be_and_has_words() -> None:
    for entry in entries():
        assert lawful(entry.spec) == entry.spec, entry.id
        assert len(entry.alt) > 20, entry.id
        assert entry.moods, entry.id
        assert entry.techniques, entry.id


def test_a_scene_is_found_by_its_id_or_not_at_all() -> None:
    assert by_id(entries()[5].id) is entries()[5]
    with pytest.raises(LookupError):
        by_id("sea-9999")


@pytest.mark.parametrize("tag", TAGS)
def test_an_excluded_tag_never_stands_is_never_picked_never_nearest(tag: str) -> None:
    left = standing({tag})
    assert len(left) == sum(tag not in entry.tags for entry in entries()) < len(entries())
    for entry in entries():
        assert tag not in nearest(entry.spec, {tag}).tags
    for seed in range(30):
        assert tag not in pick({tag}, "calm", seed).tags


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_can_be_excluded_like_a_tag(kind: str) -> None:
    assert {entry.spec.kind for entry in standing([kind])} == set(KINDS) - {kind}
    assert nearest(lawful(SceneSpec(kind)), [kind]).spec.kind != kind


def test_nothing_excluded_leaves_everything() -> None:
    assert standing(()) == entries()
    assert standing({"no such tag"}) == entries()


def test_when_everything_is_excluded_there_is_no_scene() -> None:
    for ask in (standing, pick, lambda tags: nearest(SceneSpec("lake"), tags)):
        with pytest.raises(LookupError):
            ask(set(KINDS))


def test_picking_is_repeatable_by_seed_and_varies_over_seeds() -> None:
    assert [pick(mood="hope", seed=seed).id for seed in range(20)] == [pick(mood="hope", seed=s).id for s in range(20)]
    assert len({pick(seed=seed).id for seed in range(60)}) > 30


def test_a_mood_is_served_when_it_can_be() -> None:
    assert all("wonder" in pick(mood="wonder", seed=seed).moods for seed in range(40))
    assert pick(mood="no such mood", seed=3) == pick(seed=3)


def test_the_nearest_scene_of_a_vetted_one_is_as_vetted() -> None:
    for entry in entries():
        assert nearest(entry.spec).spec.words() == entry.spec.words()


def test_ties_for_the_nearest_fall_by_the_seed() -> None:
    specs = [SceneSpec("lake", "dusk", "rain", "spring", "earth", "ink", seed) for seed in range(40)]
    found = [nearest(spec) for spec in specs]
    assert {entry.spec.kind for entry in found} == {"lake"}
    assert found == [nearest(spec) for spec in specs]


def test_a_scene_is_painted_the_same_each_time() -> None:
    entry = entries()[40]
    assert np.array_equal(entry.pixels(96, 64), library.render(entry, 96, 64))
    assert entry.pixels(96, 64).shape == (64, 96, 3)
    with Image.open(io.BytesIO(entry.render(96, 64))) as image:
        assert (image.format, image.size) == ("WEBP", (96, 64))


def test_what_people_vetted_the_image_layers_allow() -> None:
    for entry in entries()[::12]:
        answer = screen_image(entry.pixels(128, 128))
        assert isinstance(answer, SafeImage), (entry.id, answer.verdict)
