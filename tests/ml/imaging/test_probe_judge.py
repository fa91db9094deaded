"""The judge asks for what no training saw, counts what came out, and measures how far the pictures are apart."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ml.imaging import painter as painting
from ml.imaging.painter import Drawn
from ml.imaging.probe import judge, judging
from ml.imaging.probe.contact import contact_sheet, misread
from ml.imaging.probe.distance import distances, nearest_pair
from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.pictures import as_tensor, held_out_specs, renders
from ml.imaging.probe.reader import Probe
from ml.imaging.probe.stored import save_probe
from ml.imaging.production.onnx_files import networks, write
from ml.safety.verdict import SafePrompt
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec, lawful
from ml.scenes.wording import read

WIDTHS = (4, 8, 8)


class Renderer:
    """A painter that paints what it is asked as the renderer would; an honest stand-in with a known answer."""

    model = "renderer@00000000"

    def draw(self, prompt: SafePrompt, *, seed: int) -> Drawn:
        kind, time, weather, season, palette, style = read(prompt.text).spec.words()
        spec = SceneSpec(kind, time, weather, season, palette, style, seed)
        return Drawn(render(spec, 128, 128), 1, self.model, seed, 1, 1.0, prompt.text, (), None)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(1)
    save_probe(ProbeNet(WIDTHS).eval(), folder, steps=0, minutes=0.0)
    return folder


def test_every_prompt_of_the_judge_is_read_as_it_was_meant() -> None:
    for spec in held_out_specs(40, seed=1):
        reading = read(judging.asked(spec))
        assert reading.spec.words() == spec.words()
        assert lawful(reading.spec) == reading.spec
        assert not reading.unknown


def test_a_painter_that_paints_what_it_is_asked_is_judged_as_the_renders_are() -> None:
    facts, drawings, _ = judging.judge(Renderer(), Probe.load(), 12, 4)  # type: ignore[arg-type]
    assert facts["refused"] == 0
    assert np.array_equal(drawings.pixels, renders(drawings.specs))
    for entry in facts["attributes"].values():
        assert entry["drawn"] == entry["rendered"]
        assert entry["drawn"]["of"] == 12
    assert facts["attributes"]["kind"]["drawn"]["right"] > 0.8
    gap, renders_gap = facts["distance"], facts["distance_rendered"]
    assert gap == {**renders_gap, "floor": renders_gap["smallest"], "below": 0, "met": True}
    assert gap["pairs"] == 66


def test_a_painter_that_repeats_itself_falls_below_the_renders() -> None:
    pictures = renders(held_out_specs(6, 4))
    floor = judging.apart(pictures)["smallest"]
    again = judging.apart(np.concatenate([pictures, pictures[2:3]]), floor=floor)
    assert (again["below"], again["met"], again["nearest"]) == (1, False, [2, 6])


def test_a_refused_prompt_is_counted_and_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = held_out_specs(3, 1)
    meant = judging.asked
    monkeypatch.setattr(judging, "asked", lambda spec: "a bloody knife" if spec is specs[1] else meant(spec))
    drawings = judging.draw(Renderer(), specs)  # type: ignore[arg-type]
    assert len(drawings.refused) == 1
    assert drawings.refused[0]
    assert drawings.specs == [specs[0], specs[2]]
    assert len(drawings.pixels) == 2
    monkeypatch.setattr(judging, "asked", lambda _: "a bloody knife")
    with pytest.raises(judging.NothingDrawn, match=drawings.refused[0]):
        judging.draw(Renderer(), specs)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_the_command_judges_a_real_painter_and_leaves_a_sheet(
    trained: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "deep" / "sheet.webp"
    command = ["--folder", str(trained / "pipeline"), "--weights", str(weights), "--prompts", "3", "--json"]
    assert judge.main([*command, "--sheet", str(sheet)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["model"].startswith("painter@")
    assert facts["attributes"]["kind"]["drawn"]["of"] == 3
    assert facts["distance"]["pairs"] == 3
    assert 0 < facts["distance"]["smallest"] <= 1
    assert facts["met"] is False
    with Image.open(sheet) as page:
        assert page.width > 8 * 128
    words = judge.in_words(facts)
    assert all(name in words for name in facts["attributes"])
    assert str(facts["distance"]["smallest"]) in words


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_networks_of_onnx_files_are_judged_in_place_of_its_own(
    trained: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipeline = painting.Painter.load("embedded", folder=trained / "pipeline", unseen=()).pipeline
    with torch.no_grad():
        pipeline.unet.conv_out.weight.mul_(-1)
    for network in networks(pipeline):
        write(network, tmp_path / "onnx")
    command = ["--folder", str(trained / "pipeline"), "--weights", str(weights), "--prompts", "2", "--json"]
    sheets = []
    for extra in ([], ["--onnx", str(tmp_path / "onnx")]):
        sheet = tmp_path / f"{len(extra)}.webp"
        assert judge.main([*command, "--sheet", str(sheet), *extra]) == 0
        sheets.append(np.asarray(Image.open(sheet).convert("RGB"), np.int16))
    assert np.abs(sheets[0] - sheets[1]).max() > 10  # the networks alone differ by less than 1
    assert judge.main([*command, "--onnx", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_the_gate_answers_no_below_a_floor_and_missing_weights_are_named(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(painting.Painter, "load", classmethod(lambda cls, *_, **__: Renderer()))
    command = ["--weights", str(weights), "--prompts", "2", "--sheet", str(tmp_path / "sheet.webp")]
    assert judge.main(command) == 0
    assert judge.main([*command, "--gate"]) == 1  # an untrained probe agrees with nobody
    capsys.readouterr()
    assert judge.main(["--weights", str(tmp_path / "nowhere"), "--prompts", "2"]) == 1
    output = capsys.readouterr()
    assert "nowhere" in output.err
    assert output.out == ""


def test_a_picture_is_no_distance_from_itself_and_farther_from_others_than_from_its_copies() -> None:
    scenes = as_tensor(renders(held_out_specs(4, 3)))
    chance = torch.Generator().manual_seed(1)
    grained = (scenes[:1] + 0.02 * torch.randn(1, 3, 128, 128, generator=chance)).clamp(0, 1)
    table = distances(torch.cat([scenes, scenes[:1], grained]))
    assert torch.equal(table, table.T)
    assert table.min() >= 0
    assert table.max() <= 1
    assert table[0, 4] == pytest.approx(0, abs=1e-4)
    assert table[0, 5] < 0.15 < table[0, 1:4].min()
    one, other, smallest = nearest_pair(table)
    assert {one, other} == {0, 4}
    assert smallest == pytest.approx(0, abs=1e-4)


def test_the_sheet_says_what_was_read_otherwise() -> None:
    spec = SceneSpec("lake", "dawn", "rain", "spring", "cool", "ink")
    told = {"kind": "sea", "time": "dawn", "weather": "rain", "season": "winter", "palette": "warm", "style": "photo"}
    assert misread(spec, told) == "sea, warm"
    specs = held_out_specs(9, 1)
    pixels = renders(specs)
    page = contact_sheet(pixels, specs, Probe(ProbeNet(WIDTHS), "none").read(pixels))
    assert page.height > 2 * 128
    assert np.array_equal(np.asarray(page)[6:134, 6:134], pixels[0])
