"""The tiny CLIP begins with the painter's words and learns which caption is true of which picture."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPModel, CLIPTextModel, CLIPTokenizer

from ml.imaging.clip import evaluate, train
from ml.imaging.clip.model import from_painter, picture_vectors, text_vectors
from ml.imaging.clip.pairs import fitting, said_by
from ml.imaging.clip.scorer import Clip
from ml.imaging.clip.stored import save_clip
from ml.imaging.probe.pictures import as_tensor, held_out_specs, renders, standard
from ml.imaging.training.budget import load_checkpoint
from ml.imaging.training.dataset import VOCABULARIES, Scenes
from ml.imaging.training.text import tokens_of
from ml.scenes.captions import caption
from ml.scenes.spec import sample
from ml.weights import shelf


@pytest.fixture(scope="module")
def tiny(trained: Path) -> tuple[CLIPModel, CLIPTokenizer]:
    torch.manual_seed(1)
    model, tokenizer = from_painter(trained / "pipeline", width=16, layers=1)
    return model.eval(), tokenizer


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "_BATCH", 6)


def run(painted: Path, trained: Path, out: Path, minutes: float, *more: str) -> None:
    command = ["--out", str(out), "--scenes", str(painted / "scenes"), "--painter", str(trained / "pipeline")]
    assert train.main([*command, "--minutes", str(minutes), "--seed", "3", *more]) == 0


def test_what_a_caption_says_is_true_of_its_own_scene() -> None:
    rng = np.random.default_rng(1)
    specs = [sample(rng) for _ in range(200)]
    words = np.array(
        [[names.index(word) for names, word in zip(VOCABULARIES, spec.words(), strict=True)] for spec in specs],
        np.uint8,
    )
    captions = [caption(spec, rng) for spec in specs]
    fits = fitting(words, captions)
    assert fits.diagonal().all()
    assert 0.003 < fits.float().mean() < 0.15
    assert (said_by(captions)[:, 0] >= 0).mean() > 0.9


def test_a_caption_fits_what_differs_only_where_it_is_silent() -> None:
    words = np.array([[1, 0, 0, 1, 0, 0], [1, 4, 2, 1, 0, 0], [0, 0, 0, 1, 0, 0]], np.uint8)
    assert fitting(words, ["a lake", "a lake at dawn", "gentle rain", ""]).tolist() == [
        [True, True, False, True],
        [True, False, False, True],
        [False, False, False, True],
    ]


def test_the_loss_is_least_where_every_fitting_pair_is_near() -> None:
    vectors, scale = torch.eye(4), torch.tensor(3.0)
    fits = torch.eye(4, dtype=torch.bool)
    near, far = train.contrast(vectors, vectors, scale, fits), train.contrast(vectors, vectors.flip(0), scale, fits)
    assert near < 0.01
    assert far > 5
    twins = vectors[[0, 0, 2, 3]]
    both = fits.clone()
    both[0, 1] = both[1, 0] = True
    assert train.contrast(twins, twins, scale, both) < train.contrast(vectors, twins, scale, both)


def test_the_text_half_begins_as_the_painters(tiny: tuple[CLIPModel, CLIPTokenizer], trained: Path) -> None:
    model, tokenizer = tiny
    painters = CLIPTextModel.from_pretrained(trained / "pipeline" / "text_encoder", dtype=torch.float32).eval()
    tokens = tokens_of(tokenizer, ["a lake at dawn", "snow"])
    with torch.inference_mode():
        one, other = model.text_model(input_ids=tokens).pooler_output, painters(tokens).pooler_output
    assert torch.allclose(one, other, atol=1e-5)


def test_vectors_have_the_length_of_one(tiny: tuple[CLIPModel, CLIPTokenizer], scenes: Scenes) -> None:
    model, tokenizer = tiny
    with torch.inference_mode():
        shown = picture_vectors(model, standard(as_tensor(np.array(scenes.pixels[:3]))))
        said = text_vectors(model, tokens_of(tokenizer, ["a lake", "a town"]))
    assert torch.allclose(shown.norm(dim=1), torch.ones(3), atol=1e-5)
    assert torch.allclose(said.norm(dim=1), torch.ones(2), atol=1e-5)


def test_it_learns_which_caption_belongs_to_which_picture(trained: Path, scenes: Scenes) -> None:
    torch.manual_seed(2)
    model, tokenizer = from_painter(trained / "pipeline", width=32, layers=1)
    pictures = as_tensor(np.array(scenes.pixels[:12]))
    specs = [scenes.spec(row) for row in range(12)]
    tokens = tokens_of(tokenizer, [caption(spec, np.random.default_rng(1)) for spec in specs])
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    losses = []
    for _ in range(40):
        shown, said = picture_vectors(model, standard(pictures)), text_vectors(model, tokens)
        loss = train.contrast(shown, said, model.logit_scale, torch.eye(12, dtype=torch.bool))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.75 * losses[0]


def test_a_training_in_pieces_goes_on_and_what_it_saves_is_a_clip(
    painted: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(painted, trained, tmp_path, 1.0, "--at-most", "1e-9")
    first = load_checkpoint(tmp_path / "clip.pt")
    run(painted, trained, tmp_path, 1.0, "--at-most", "1e-9", "--resume")
    second = load_checkpoint(tmp_path / "clip.pt")
    assert second["step"] > first["step"] >= 1
    assert second["spent_s"] > first["spent_s"]
    assert CLIPModel.from_pretrained(tmp_path / "weights", dtype=torch.float32).config.vision_config.patch_size == 16
    assert evaluate.main(["--weights", str(tmp_path / "weights"), "--count", "4", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["clip"].startswith("clip@")
    assert result["retrieval"]["picture_to_caption"]["of"] == result["naming"]["kind"]["of"] == 4


def test_a_restored_training_is_the_one_that_was_saved(painted: Path, trained: Path, tmp_path: Path) -> None:
    run(painted, trained, tmp_path, 1.0, "--at-most", "1e-9")
    state = load_checkpoint(tmp_path / "clip.pt")
    from ml.imaging.training.dataset import open_scenes

    again = train.Run.begin(open_scenes(painted / "scenes"), trained / "pipeline", tmp_path / "clip.pt")
    assert again.restore(state) == state["spent_s"]
    assert all(torch.equal(value, state["model"][name]) for name, value in again.model.state_dict().items())


def test_a_saved_clip_compares_as_it_did_and_altered_bytes_are_refused(
    tiny: tuple[CLIPModel, CLIPTokenizer], tmp_path: Path
) -> None:
    pixels = renders(held_out_specs(3, 1))
    save_clip(*tiny, tmp_path, steps=1, minutes=0.1)
    fresh, again = Clip(*tiny, "clip"), Clip.load(tmp_path)
    one, other = fresh.cosines(pixels, "a lake at dawn"), again.cosines(pixels, "a lake at dawn")
    assert one.shape == (3,)
    assert np.allclose(one, other, atol=0.02)
    assert np.allclose(np.linalg.norm(again.vectors(pixels), axis=1), 1.0, atol=1e-4)
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(shelf.WeightsAltered):
        Clip.load(tmp_path)


def test_retrieval_counts_a_caption_that_says_the_same_as_right(
    tiny: tuple[CLIPModel, CLIPTokenizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = held_out_specs(4, 1)
    specs = [specs[0], specs[0], specs[1], specs[2]]
    monkeypatch.setattr(evaluate, "picture_vectors", lambda *_: torch.eye(4)[[1, 0, 2, 3]])
    monkeypatch.setattr(evaluate, "text_vectors", lambda *_: torch.eye(4))
    found = evaluate.retrieval(*tiny, torch.zeros(4, 3, 128, 128), specs)
    assert found["picture_to_caption"].value == found["caption_to_picture"].value == 1.0
    monkeypatch.setattr(evaluate, "picture_vectors", lambda *_: torch.eye(4)[[0, 1, 3, 2]])
    assert evaluate.retrieval(*tiny, torch.zeros(4, 3, 128, 128), specs)["picture_to_caption"].value == 0.5
