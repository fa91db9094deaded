"""What a picture feels like and whether it serves the technique: the heads, their limits, and what they don't judge."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.safety import concepts, feeling, fit_feeling, heads_data, relevance, thresholds
from ml.safety import heads as heads_module
from ml.safety.against import Against, Look, Pixels
from ml.safety.feeling_labels import place, rules
from ml.safety.feeling_spoiling import WAYS, spoil
from ml.safety.heads import FILE, WEIGHTS, Head, fit, predict, read, shipped
from ml.safety.heads_statistics import NAMES, statistics
from ml.safety.image import screen_image
from ml.safety.verdict import Refusal, SafeImage
from ml.scenes.library import entries
from ml.scenes.render import render
from ml.scenes.spec import KINDS, SceneSpec
from ml.vocabulary import TECHNIQUES
from ml.weights.shelf import WeightsAltered, take


def scene(kind: str = "meadow", side: int = 128) -> Pixels:
    return render(SceneSpec(kind, "golden", seed=7), side, side)


def test_a_picture_of_another_size_reads_alike() -> None:
    small, large = statistics(scene(side=128)), statistics(scene(side=384))
    assert small.shape == (len(NAMES),)
    assert np.abs(small - large).max() < 0.08


@pytest.mark.parametrize("pixels", [np.zeros((40, 64, 3), np.uint8), np.full((64, 32, 3), 255, np.uint8)])
def test_a_blank_picture_has_statistics_too(pixels: Pixels) -> None:
    assert np.isfinite(statistics(pixels)).all()


def test_ridge_finds_what_is_there_and_answers_within_its_reach() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, len(NAMES))).astype(np.float32)
    head = fit("x", rows, 0.5 * rows[:, 3] - 0.2 * rows[:, 7] + 0.1)
    assert abs(np.corrcoef(predict(head, rows), 0.5 * rows[:, 3] - 0.2 * rows[:, 7])[0, 1]) > 0.98
    assert abs(head(np.full(len(NAMES), 1e6, np.float32))) < 100


def test_every_mood_and_word_has_its_place_and_none_leaves_the_scale() -> None:
    for entry in entries():
        assert np.abs(place(entry.spec)).max() <= 1
    assert set(rules()["spoilt"]) == set(WAYS)


def test_every_technique_says_what_it_wants_and_after_whom() -> None:
    assert set(feeling.wants()) == set(relevance.rules()["techniques"]) == set(TECHNIQUES)
    for technique in TECHNIQUES:
        want, need = feeling.wants()[technique], relevance.rules()["techniques"][technique]
        assert want.reason and want.reference and need["reason"] and need["reference"]
        assert min(want.limits().values()) > 0 and max(want.limits().values()) < 1


def test_what_was_measured_stands_in_the_weights_and_pays_off_on_unseen_kinds() -> None:
    weights, heads = shipped()
    kept = json.loads(weights.file(FILE).read_text("utf-8"))
    assert "No person rated" in kept["labels"]
    assert {name for name, head in heads.items() if head.held_out >= relevance.BAR} >= {"focus", "lit"}
    for axis in ("valence", "arousal"):
        assert heads[axis].held_out == kept["measured"][axis]["area"] >= feeling.BAR
    for shares in kept["measured"]["refused"].values():
        assert shares["spoilt"] >= 0.85
        assert shares["calm"] <= 0.15


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_calm_scenes_pass_and_a_spoilt_one_is_refused_with_scores_and_thresholds(technique: str) -> None:
    for kind in ("meadow", "sea", "lake"):
        answer = screen_image(scene(kind), Against(technique))
        assert isinstance(answer, SafeImage), answer.verdict
        assert {"unpleasant", "rousing", "no_focus"} <= set(answer.verdict.labels)
        assert all(score < answer.verdict.thresholds[label] for label, score in answer.verdict.labels.items())
    for way in ("blood", "jagged", "sickly"):
        answer = screen_image(spoil(scene(), way, 1.0, np.random.default_rng(2)), Against(technique))
        assert isinstance(answer, Refusal), way
        assert answer.verdict.stage in ("nsfw", "feeling")


def test_few_vetted_scenes_would_be_refused() -> None:
    refused = [
        entry.id
        for entry in entries()[::8]
        if not feeling.judge(Look(entry.pixels(96, 96), Against("mindfulness"))).allowed
    ]
    assert len(refused) <= 3, refused


def test_what_no_head_is_good_enough_for_is_named() -> None:
    _, heads = shipped()
    assert max(heads["open"].held_out, heads["way"].held_out) < relevance.BAR
    unsure = relevance.judge(Look(scene(), Against("cognitive_restructuring"))).not_judged
    assert unsure == ("relevance:open",)
    assert relevance.judge(Look(scene(), Against("progressive_exposure"))).not_judged == ("relevance:step",)


def test_a_head_below_its_bar_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    weights, heads = shipped()
    poor = {name: replace(head, held_out=0.5) for name, head in heads.items()}
    for module in (feeling, relevance):
        monkeypatch.setattr(module, "shipped", lambda: (weights, poor))
    felt = feeling.judge(Look(scene(), Against("mindfulness")))
    assert felt.allowed and not felt.labels
    assert felt.not_judged == ("feeling:valence", "feeling:arousal")
    assert relevance.judge(Look(scene(), Against("mindfulness"))).not_judged == ("relevance:focus",)


def test_without_a_technique_nobody_pretends() -> None:
    answer = screen_image(scene())
    assert isinstance(answer, SafeImage)
    assert {"feeling", "relevance"} <= set(answer.verdict.not_judged)
    with pytest.raises(ValueError, match="unknown technique"):
        Against("hypnosis")


def test_altered_heads_refuse_every_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(take(WEIGHTS).folder, tmp_path / WEIGHTS))
    (folder / FILE).write_text((folder / FILE).read_text("utf-8").replace("0.", "0.1", 1), encoding="utf-8")
    with pytest.raises(WeightsAltered):
        take(WEIGHTS, folder=folder)
    shipped.cache_clear()
    monkeypatch.setattr(heads_module, "take", lambda name: take(name, folder=folder))
    answer = screen_image(scene(), Against("mindfulness"))
    shipped.cache_clear()
    assert isinstance(answer, Refusal)
    assert (answer.verdict.stage, "WeightsAltered" in answer.verdict.reason) == ("feeling", True)


def test_fitting_writes_what_the_layers_read_and_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads_data, "SIDE", 48)
    monkeypatch.setattr(heads_data, "entries", lambda: entries()[::20])
    rejected = tmp_path / "rejected.csv"
    rejected.write_text("why,kind,time,weather,season,palette,style,seed\n" + "\n".join(
        f"dark,{kind},night,rain,winter,earth,ink,{seed}" for kind in KINDS[:4] for seed in range(2)
    ), encoding="utf-8")  # fmt: skip
    reports = [fit_feeling.run(tmp_path / name, 3, 1, rejected) for name in ("one", "two")]
    assert reports[0] == reports[1]
    found = read(tmp_path / "one" / FILE)
    assert set(found) == {"valence", "arousal", *relevance.rules()["labels"]}
    assert take(WEIGHTS, folder=tmp_path / "one").digest == take(WEIGHTS, folder=tmp_path / "two").digest


def test_heads_of_other_statistics_are_not_read(tmp_path: Path) -> None:
    head = Head("x", (), (), (), 0.0, "", 0.0)
    heads_module.save(tmp_path / FILE, {"x": head})
    text = json.loads((tmp_path / FILE).read_text("utf-8"))
    (tmp_path / FILE).write_text(json.dumps(text | {"statistics": ["light"]}), encoding="utf-8")
    with pytest.raises(ValueError, match="other statistics"):
        read(tmp_path / FILE)


def test_with_eyes_that_see_intent_is_compared_in_the_heads_place(monkeypatch: pytest.MonkeyPatch) -> None:
    class Eyes:
        sees = True

        def nearer(self, _pixels: Pixels, texts: tuple[str, ...], _others: tuple[str, ...]) -> float:
            return 0.9 if "a ruin" in texts else 0.1

    monkeypatch.setattr(concepts, "installed", Eyes)
    asked = relevance.judge(Look(scene(), Against("cognitive_restructuring")))
    assert (asked.allowed, asked.labels, asked.not_judged) == (False, {"beside_intent": 0.9}, ())
    assert relevance.judge(Look(scene(), Against("mindfulness"))).allowed


def test_thresholds_stay_as_they_are_until_some_are_installed() -> None:
    assert thresholds.refused_from("mindfulness:unpleasant", 0.5) == 0.5
