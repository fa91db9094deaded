"""The measure of the proof: it tells the style from none and from another, and calls no untaught model taught."""

import json
from pathlib import Path

import numpy as np
import pytest

from ml.imaging.finetune import prove, style_probe
from ml.imaging.finetune.restyle import off_the_inks, three_inks, turned_hues
from ml.scenes.render import render
from ml.scenes.spec import sample


def test_the_probe_knows_the_style_and_no_other() -> None:
    rng = np.random.default_rng(8)
    scenes = [render(sample(rng), 64, 64) for _ in range(60)]
    known, fresh = scenes[:40], scenes[40:]
    probe = style_probe.fit([three_inks(one) for one in known], known + [turned_hues(one, 1) for one in known])
    assert probe.share([three_inks(one) for one in fresh]) >= 0.9
    assert probe.share(fresh) <= 0.1
    assert probe.share([turned_hues(one, 2) for one in fresh]) <= 0.2


def test_the_style_is_a_fixed_one_of_three_inks() -> None:
    lake = render(sample(np.random.default_rng(2)), 64, 64)
    printed = three_inks(lake)
    assert np.array_equal(printed, three_inks(lake.copy()))
    assert len(np.unique(printed.reshape(-1, 3), axis=0)) < len(np.unique(lake.reshape(-1, 3), axis=0))
    assert off_the_inks(printed) < 3
    assert off_the_inks(lake) > 30


def test_an_untaught_model_is_not_called_taught(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prove, "LESSONS", 8)
    command = ["--out", str(tmp_path / "proof"), "--base", str(tiny), "--steps", "1", "--prompts", "2"]
    assert prove.main([*command, "--probed", "9"]) == 1
    report = json.loads(capsys.readouterr().out.split("\n}\n", 1)[1])
    assert report["restored_to_the_bit"] is True
    shown, off = report["style_shown"], report["levels_off_the_inks"]
    assert shown["before"] == shown["after"]
    assert off["after"] == pytest.approx(off["before"], rel=0.05)
    assert off["after"] > off["fresh_scenes_in_the_style"]
    assert (tmp_path / "proof" / "sheet.webp").stat().st_size > 0
    assert prove.main(command) == 2
