"""The vetted library: large enough, told apart, and never a scene that somebody excluded."""

import io
from collections import Counter
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from ml.prompting.triggers import tags
from ml.safety.image import screen_image
from ml.safety.verdict import SafeImage
from ml.scenes import library
from ml.scenes.library import VettedScene, by_id, entries, nearest, pick, standing
from ml.scenes.spec import KINDS, PALETTES, SEASONS, STYLES, TIMES, WEATHERS, SceneSpec, lawful
from ml.scenes.tags import MOODS
from ml.vocabulary import TECHNIQUES

TAGS = sorted(set().union(*(entry.tags for entry in entries())))
PAIRS = [{"water", "heights"}, {"animals", "crowds"}, {"dark", "storms"}, {"enclosed", "open_spaces"}]
APART = 0.085
"""The least distance between two scenes; the nearest are two pale seas at dawn, sea-05 and sea-104, at 0.0875."""


def looks(scene: VettedScene) -> npt.NDArray[np.float32]:
    """A picture as a point: the colours of 24 x 16 blocks and, thrice as heavy, how brightness changes between them."""
    small = Image.fromarray(scene.pixels(96, 64)).resize((24, 16), Image.Resampling.BOX)
    colours = np.asarray(small, dtype=np.float32) / 255
    grey = colours.mean(axis=2)
    changes = np.stack([np.diff(grey, axis=1)[:-1], np.diff(grey, axis=0)[:, :-1]])
    parts = [colours.ravel() / colours.size**0.5, 3 * changes.ravel() / changes.size**0.5]
    return np.concatenate(parts).astype(np.float32)


def test_at_least_160_scenes_with_ids_of_their_own() -> None:
    assert len(entries()) >= 160
    assert len({entry.id for entry in entries()}) == len(entries())
    assert len({entry.spec for entry in entries()}) == len(entries())


def test_every_word_of_a_spec_has_scenes_enough() -> None:
    least = (10, 20, 15, 20, 20, 20)
    for words, options, enough in zip(
        zip(*(entry.spec.words() for entry in entries()), strict=True),
        (KINDS, TIMES, WEATHERS, SEASONS, PALETTES, STYLES),
        least,
        strict=True,
    ):
        counts = Counter(words)
        assert {word: counts[word] for word in options if counts[word] < enough} == {}


def test_every_mood_and_technique_is_served() -> None:
    assert set().union(*(entry.moods for entry in entries())) == set(MOODS)
    assert set().union(*(entry.techniques for entry in entries())) == set(TECHNIQUES)


@pytest.mark.parametrize("excluded", [{tag} for tag in sorted(tags())] + PAIRS, ids=lambda tags: "+".join(sorted(tags)))
def test_whoever_excludes_a_tag_or_two_keeps_at_least_25_scenes(excluded: set[str]) -> None:
    assert len(standing(excluded)) >= 25


def test_no_scene_looks_like_another() -> None:
    points = [looks(entry) for entry in entries()]
    near = [
        (one.id, other.id)
        for (one, here), (other, there) in combinations(zip(entries(), points, strict=True), 2)
        if np.linalg.norm(here - there) < APART
    ]
    assert near == []


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


def test_what_was_vetted_the_image_layers_allow() -> None:
    for entry in entries()[::12]:
        answer = screen_image(entry.pixels(128, 128))
        assert isinstance(answer, SafeImage), (entry.id, answer.verdict)
