"""The probe learns from rendered scenes alone, and reads more than colours."""

import math

import numpy as np
import pytest
import torch
from torch import Generator

from ml.imaging.probe.augment import vary
from ml.imaging.probe.colour import with_colours_of
from ml.imaging.probe.evaluate import evaluate, swapped
from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.objective import kept_out, naming_loss
from ml.imaging.probe.pictures import as_tensor, held_out_specs, renders, standard, truths
from ml.imaging.probe.share import Share
from ml.imaging.probe.stored import load_probe
from ml.imaging.training.dataset import VOCABULARIES, Scenes, training_spec
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.spec import SceneSpec, held_out

SEED = 3  # as in conftest
TINY = (4, 8, 8)


def test_held_out_scenes_take_every_combination_in_turn_and_no_training_saw_one() -> None:
    specs = held_out_specs(22, seed=5)
    assert all(held_out(spec) for spec in specs)
    assert len({spec.words()[:3] for spec in specs}) == 20
    assert len({spec.seed for spec in specs}) == 22
    assert specs == held_out_specs(22, seed=5) != held_out_specs(22, seed=6)
    trained = {training_spec(SEED, row).words()[:3] for row in range(400)}
    assert not trained & {spec.words()[:3] for spec in specs}


def test_a_picture_in_anothers_colours_has_their_mean_and_covariance_and_its_own_edges() -> None:
    one, other = as_tensor(renders(held_out_specs(2, 1))) * 0.4 + 0.3  # far from the range's ends
    moved = with_colours_of(one[None], other[None])[0]
    assert torch.allclose(moved.flatten(1).mean(1), other.flatten(1).mean(1), atol=2e-3)
    assert torch.allclose(torch.cov(moved.flatten(1)), torch.cov(other.flatten(1)), atol=1e-3)
    edges = [picture.mean(0).diff(dim=1).abs().flatten() for picture in (moved, one, other)]
    table = torch.corrcoef(torch.stack(edges))
    assert table[0, 1] > 0.7 > table[0, 2] + 0.2


def test_a_picture_in_its_own_colours_is_itself() -> None:
    pictures = as_tensor(renders(held_out_specs(2, 1)))
    assert torch.allclose(with_colours_of(pictures, pictures), pictures, atol=0.02)


def test_colours_come_from_scenes_of_another_hour_and_palette() -> None:
    specs = held_out_specs(12, 2)
    truth = truths(specs)
    flat = torch.arange(12.0)[:, None, None, None].expand(12, 3, 8, 8) / 12 + torch.rand(12, 3, 8, 8) * 1e-3
    came = (swapped(flat, truth, 1).mean(dim=(1, 2, 3)) * 12).round().long().tolist()
    for own, other in enumerate(came):
        assert specs[own].time != specs[other].time
        assert specs[own].palette != specs[other].palette


def test_variation_keeps_range_and_says_whose_colours_are_left(scenes: Scenes) -> None:
    pictures = as_tensor(np.array(scenes.pixels[:16]))
    varied = vary(pictures, Generator().manual_seed(1))
    assert varied.pictures.shape == pictures.shape
    assert 0.0 <= varied.pictures.min() < varied.pictures.max() <= 1.0
    shift = (varied.pictures - pictures).mean(dim=(2, 3)).abs().amax(dim=1)
    assert 2 < varied.own_colours.sum() < 14
    assert shift[varied.own_colours].max() < 0.03 < shift[~varied.own_colours].median()
    assert vary(pictures, Generator().manual_seed(1), swapped=0.0).own_colours.all()


def test_colours_are_not_asked_of_pictures_that_lost_theirs() -> None:
    torch.manual_seed(1)
    scores = ProbeNet(TINY)(torch.randn(2, 3, 32, 32))
    said = {"kind": "river", "time": "golden", "weather": "snow", "season": "winter", "palette": "warm", "style": "ink"}
    instead = {
        "kind": "garden",
        "time": "dusk",
        "weather": "rain",
        "season": "spring",
        "palette": "cool",
        "style": "photo",
    }
    assert not any(held_out(SceneSpec(kind, said["time"], said["weather"])) for kind in VOCABULARIES[0])
    assert not any(held_out(SceneSpec(kind, instead["time"], said["weather"])) for kind in VOCABULARIES[0])
    own, truth = torch.tensor([True, False]), torch.tensor([placed(said), placed(said)])
    before = naming_loss(scores, truth, own)
    for column, name in enumerate(ATTRIBUTES):
        other = truth.clone()
        other[1, column] = placed(instead)[column]
        moved = not torch.equal(naming_loss(scores, other, own), before)
        assert moved == (name in ("kind", "weather", "style"))


def placed(words: dict[str, str]) -> list[int]:
    return [names.index(words[name]) for name, names in zip(ATTRIBUTES, VOCABULARIES, strict=True)]


def test_what_was_kept_out_is_never_a_wrong_answer() -> None:
    kinds, times, weathers = VOCABULARIES[:3]
    room, dusk, clear = kinds.index("room"), times.index("dusk"), weathers.index("clear")
    truth = torch.tensor([[room, dusk, clear, 0, 0, 0]])
    assert [weathers[at] for at in kept_out("weather", truth)[0].nonzero()[:, 0]] == ["cloudy", "rain"]
    scores = {name: torch.zeros(1, len(words)) for name, words in zip(ATTRIBUTES, VOCABULARIES, strict=True)}
    before = naming_loss(scores, truth, torch.ones(1))
    for weather, counts in (("cloudy", False), ("rain", False), ("snow", True), ("misty", True)):
        moved = {name: values.clone() for name, values in scores.items()}
        moved["weather"][0, weathers.index(weather)] = 3.0
        assert (naming_loss(moved, truth, torch.ones(1)) > before + 0.1) == counts, weather


def test_no_training_scene_is_masked_by_its_own_words(scenes: Scenes) -> None:
    truth = torch.from_numpy(np.array(scenes.words[: scenes.count]).astype(np.int64))
    for column, name in enumerate(("kind", "time", "weather")):
        assert not kept_out(name, truth).gather(1, truth[:, column : column + 1]).any()


def test_the_probe_learns(scenes: Scenes) -> None:
    torch.manual_seed(2)
    net = ProbeNet(TINY).train()
    pictures = standard(as_tensor(np.array(scenes.pixels[:24])))[:, :, ::2, ::2]
    truth = torch.from_numpy(np.array(scenes.words[:24]).astype(np.int64))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
    losses = []
    for _ in range(20):
        loss = naming_loss(net(pictures), truth, torch.ones(24, dtype=torch.bool))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    by_chance = sum(math.log(len(words)) for words in VOCABULARIES)
    assert np.mean(losses[-3:]) < min(0.85 * by_chance, 0.7 * np.mean(losses[:3]))


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [(Share(0, 10), 0.0, 0.2775), (Share(9, 10), 0.5958, 0.9821), (Share(90, 100), 0.8256, 0.9448)],
)
def test_intervals_are_wilsons(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=1e-3)


def test_nothing_counted_says_nothing() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)


def test_the_probe_that_ships_reads_kinds_and_hours_it_never_saw_together_and_not_by_their_colours() -> None:
    net, _ = load_probe()
    result = evaluate(net, 40, seed=11)
    assert result["combinations"] == 20
    assert result["plain"]["kind"]["right"] >= 0.93
    assert result["plain"]["time"]["right"] >= 0.9
    assert result["plain"]["palette"]["right"] >= 0.9
    assert result["swapped"]["kind"]["right"] >= 0.85
