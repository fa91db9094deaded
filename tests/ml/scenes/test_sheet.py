"""The contact sheets show the library as it is, and are small enough to keep."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.scenes import sheet as sheets
from ml.scenes.library import entries
from ml.scenes.sheet import ENTRIES, LARGEST, main, sheet, webp

KEPT = Path(__file__).parents[3] / "docs" / "scenes"
SCENES = [(entry.id, entry.spec) for entry in entries()[:3]]


def test_the_scenes_stand_in_rows_each_above_its_label() -> None:
    one, two = sheet(SCENES[:1], columns=2), sheet(SCENES, columns=2)
    assert two.width == one.width
    assert two.height > 1.8 * one.height
    assert np.array_equal(np.asarray(two)[:100, :200], np.asarray(one)[:100, :200])
    assert np.asarray(one)[182:196, :80].min() < 100


def test_a_sheet_stays_below_what_it_may_weigh_or_is_refused() -> None:
    page = sheet(SCENES)
    finest = len(webp(page))
    assert len(webp(page, finest)) < finest
    with pytest.raises(ValueError, match="too large"):
        webp(page, 100)


def test_the_command_writes_every_scene_and_clears_old_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "library-9.webp").write_bytes(b"old")
    (tmp_path / "README.md").write_text("stays")
    monkeypatch.setattr(sheets, "entries", lambda: entries()[: ENTRIES + 1])
    main(["--out", str(tmp_path)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "library-1.webp", "library-2.webp"]
    assert capsys.readouterr().out.count("kB") == 2


def test_the_sheets_that_are_kept_show_the_whole_library() -> None:
    kept = sorted(KEPT.glob("library-*.webp"))
    assert len(kept) == -(-len(entries()) // ENTRIES)
    assert all(path.stat().st_size < LARGEST for path in kept)
    assert f"{len(entries())} scenes" in (KEPT / "README.md").read_text(encoding="utf-8")
    last = [(entry.id, entry.spec) for entry in entries()[(len(kept) - 1) * ENTRIES :]]
    with Image.open(kept[-1]) as shown:
        shown_now, painted_now = (np.asarray(page, dtype=float) for page in (shown.convert("RGB"), sheet(last)))
    assert shown_now.shape == painted_now.shape
    assert np.abs(shown_now - painted_now).mean() < 3
