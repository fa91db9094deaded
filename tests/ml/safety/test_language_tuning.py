"""The tuned encoder: what is learned, read, kept and refused. On a tiny BERT, from a seed."""

import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertModel

from ml.safety import meaning
from ml.safety.encoder import Unread
from ml.safety.language.evidence import NAMES
from ml.safety.language.fitting import fit, margins
from ml.safety.language.folds import FOLDS, fold_of
from ml.safety.language.gates import Gate
from ml.safety.language.labels import LABELS
from ml.safety.language.lines import SCENES, Line, ours
from ml.safety.language.measure import report
from ml.safety.language.reader import Reading, packaged_folder, reader, save, untuned
from ml.safety.language.tuning import Tuning, prepare, tune
from ml.safety.language.variation import varied, within
from ml.safety.language.windows import WINDOW_WORDS, windows
from ml.safety.text import screen_text
from ml.weights.shelf import WeightsAltered, WeightsMissing

FEW = [*[line for line in ours() if line.labels][:24], *[line for line in ours() if not line.labels][:24]]
FLAT = Gate(
    (0.0,) * len(NAMES), (1.0,) * len(NAMES), (0.1,) * len(NAMES), 0.0, dict.fromkeys(("prompt", "output"), 0.5)
)
FACTS = {"layers": 1, "gates": {"picture": FLAT.as_json(), "note": replace(FLAT, bars={"note": 0.9}).as_json()}}


def folded(theme: str) -> int:
    return len(theme) % 2


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with MiniLM's words."""
    torch.manual_seed(4)
    folder = tmp_path_factory.mktemp("bert")
    tokenizer = AutoTokenizer.from_pretrained(packaged_folder(), local_files_only=True)
    config = BertConfig(
        vocab_size=tokenizer.vocab_size, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def kept(small: Path, tmp_path: Path) -> Path:
    """A folder as the command writes one for a BERT of another's."""
    network, tokenizer = untuned(small, 1)
    network.encoder.save_pretrained(tmp_path / "encoder")
    tokenizer.save_pretrained(tmp_path / "encoder")
    save(network, tmp_path, FACTS)
    return tmp_path


def test_the_upper_layers_learn_and_the_lower_ones_stay(small: Path) -> None:
    network, tokenizer = untuned(small, 1)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    losses = list[float]()
    tuning = Tuning(layers=1, epochs=12, rate=3e-3, batch=8)
    lessons = prepare(network, tokenizer, FEW, tuning, folded)
    tune(network, lessons, tuning, lambda _, loss: losses.append(loss))
    assert losses[-1] < losses[0]
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert any("layer.1." in name for name in moved)
    assert not any("layer.0." in name or "embeddings" in name for name in moved)


def test_the_same_seed_learns_the_same(small: Path) -> None:
    found = []
    for _ in range(2):
        torch.manual_seed(1)
        network, tokenizer = untuned(small, 1)
        tuning = Tuning(layers=1, epochs=1)
        tune(network, prepare(network, tokenizer, FEW[20:28], tuning, lambda _theme: 0), tuning, lambda *_: None)
        found.append(margins(network, tokenizer, FEW[:4]))
    assert (found[0] == found[1]).all()


def test_two_halves_read_as_the_whole_encoder_does(small: Path) -> None:
    network, tokenizer = untuned(small, 1)
    found = tokenizer(["a lake", "a boat on the lake at dawn"], padding=True, return_tensors="pt")
    whole = network.encoder(found["input_ids"], found["attention_mask"]).last_hidden_state
    mean = (whole * found["attention_mask"].unsqueeze(-1)).sum(1) / found["attention_mask"].sum(1, keepdim=True)
    pooled = list[torch.Tensor]()
    network.eval().drop.register_forward_hook(lambda _module, _before, after: pooled.append(after))
    network(found["input_ids"], found["attention_mask"])
    torch.testing.assert_close(pooled[0][:, :16], mean, atol=1e-5, rtol=1e-4)


def test_weights_come_back_as_they_were_saved_and_no_altered_byte_is_read(kept: Path) -> None:
    read = reader(kept).read("a gun on the table", "prompt")
    assert set(read.labels) == set(LABELS)
    assert all(0 <= score <= 1 for score in (read.harmful, *read.labels.values()))
    (kept / "tuned.safetensors").write_bytes(b"x")
    reader.cache_clear()
    with pytest.raises(WeightsAltered):
        reader(kept)


def test_missing_weights_judge_nothing(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing):
        reader(tmp_path / "none")


@pytest.mark.parametrize("text", ["xq" * 600, "q" * 61, " ".join(["xqzvxq"] * 60)])
def test_what_cannot_be_read_to_its_end_is_not_judged(text: str, kept: Path) -> None:
    with pytest.raises(Unread):
        reader(kept).read(text, "note")


def test_a_long_text_is_cut_so_that_nothing_lies_beyond_what_is_read() -> None:
    for count in (1, 40, 41, 59, 60, 61, 200):
        words = [f"w{number}" for number in range(count)]
        found = windows(" ".join(words))
        assert {word for window in found for word in window.split()} == set(words)
        assert max(len(window.split()) for window in found) <= WINDOW_WORDS


def test_a_long_text_is_as_harmful_as_its_worst_window(kept: Path) -> None:
    chosen = reader(kept)
    long = "we walked by the lake and then home over the hill, and nobody said much. " * 9
    alone = [chosen.read(window, "note").harmful for window in windows(long)]
    assert len(alone) > 3
    assert chosen.read(long, "note").harmful == pytest.approx(max(alone), abs=1e-5)


def test_another_encoder_judges_where_the_environment_names_it(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_SAFETY_BERT", str(kept))
    assert meaning.label() == reader(kept).label
    assert meaning.reading("a gun on the table", "prompt") == reader(kept).read("a gun on the table", "prompt")
    monkeypatch.setenv("ATTUNE_SAFETY_BERT", str(kept / "nowhere"))
    assert screen_text("a lake that nobody has asked about here").verdict.stage == "meaning"


def test_a_refused_text_always_has_a_name_and_no_number_refuses() -> None:
    low = dict.fromkeys(LABELS, 0.1)
    assert Reading(0.2, low, 0.3).named() == ()
    assert len(Reading(0.4, low | {"abuse": 0.2}, 0.3).named()) == 1
    assert Reading(math.nan, low, 0.3).named()


def test_a_varied_line_keeps_what_it_says_or_stands_beside_a_harmless_one() -> None:
    chance = random.Random(3)
    made = {varied("a gun lies upon the table", ["a calm lake"], chance) for _ in range(200)}
    assert "a gun lies upon the table" in made
    assert any("a calm lake" in text for text in made)
    assert len(made) > 20


def test_a_line_within_a_scene_stands_whole_among_the_scenes_own_words() -> None:
    scene = "a lake by day in mist, autumn, ink; a jetty walks out from the alders. nobody is in a hurry, herons fish"
    chance = random.Random(3)
    found = [within("a gun on the table", scene, chance) for _ in range(40)]
    assert all(text.count("a gun on the table") == 1 for text in found)
    around = [text.replace("a gun on the table", "").split() for text in found]
    known = {word.strip(",.;") for word in scene.split()}
    assert all({word.strip(",.;") for word in words} - {""} <= known for words in around)
    assert {text.startswith("a gun") for text in found} == {True, False}
    assert all(6 <= len(words) <= 30 for words in around)


def test_what_may_be_painted_is_read_within_a_scene_as_well_and_a_note_is_not(small: Path) -> None:
    network, tokenizer = untuned(small, 1)
    few = [next(line for line in ours() if line.kind == kind) for kind in ("prompt", "note")]
    scene = Line("a lake by day in mist, autumn, warm colours", frozenset(), "prompt", SCENES)
    harmless = next(line for line in ours() if not line.labels and line.kind == "note")
    lessons = prepare(network, tokenizer, [*few, harmless, scene], Tuning(layers=1), lambda _: 0)
    assert [len(lesson.readings) for lesson in lessons] == [3, 2, 2, 1]


def test_a_line_is_varied_with_lines_of_its_own_fold_only(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = dict[str, list[str]]()
    monkeypatch.setattr(
        "ml.safety.language.tuning.varied", lambda text, others, _chance: beside.update({text: list(others)}) or text
    )
    lines = [Line(f"{theme} {at}", frozenset(), "note", theme) for theme in ("odd", "even") for at in range(2)]
    prepare(*untuned(small, 1), lines, Tuning(layers=1), folded)
    assert beside["odd 0"] == ["odd 0", "odd 1"]
    assert beside["even 1"] == ["even 0", "even 1"]


def test_the_command_writes_weights_that_can_be_read_and_goes_on_where_it_was_stopped(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [line for fold in range(FOLDS) for line in [one for one in ours() if fold_of(one.theme) == fold][::60]]
    monkeypatch.setattr("ml.safety.language.fitting.ours", lambda: tuple(some))
    monkeypatch.setattr("ml.safety.language.fitting.scenes", lambda _seed: ())
    said = list[str]()
    fit(tmp_path / "out", Tuning(layers=1, epochs=1), small, state=tmp_path / "state", say=said.append)
    assert sum(text.startswith("fold") for text in said) == FOLDS
    read = reader(tmp_path / "out")
    assert all(read.read("a lake", kind).bar > 0 for kind in ("prompt", "output", "note"))
    next((tmp_path / "state").glob("*/*-2.npy")).unlink()
    again = list[str]()
    fit(tmp_path / "again", Tuning(layers=1, epochs=1), small, state=tmp_path / "state", say=again.append)
    assert [text for text in again if text.startswith("fold")] == [said[3]]


def test_a_report_counts_what_was_missed_and_what_was_wrong() -> None:
    lines = [
        Line("a", frozenset({"abuse"}), "note", "x"), Line("b", frozenset({"abuse"}), "note", "x"),
        Line("c", frozenset(), "note", "x"), Line("d", frozenset(), "prompt", "x"),
    ]  # fmt: skip
    found = report(lines, [frozenset({"violence"}), frozenset(), frozenset({"abuse"}), frozenset()])
    assert (found.recall, found.false_alarms) == (0.5, 0.5)
    abuse = next(row for row in found.rows if row.label == "abuse")
    assert (abuse.refused, abuse.named, abuse.false_alarms) == (0.5, 0.0, 0.5)
