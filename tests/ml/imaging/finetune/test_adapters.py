"""An adapter put on paints as peft would; taken off, every weight is the base's; what is doubtful is never put on."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml.imaging.adapters import WEIGHTS, AdapterUnfit, AdapterUnreviewed, Wardrobe, find, read_deltas
from ml.imaging.finetune.base import Base, find_base
from ml.imaging.order import Order
from ml.imaging.painter import MixedBatch, Painter
from ml.imaging.profiles import profile
from ml.safety.text import screen_text
from ml.safety.verdict import SafePrompt
from ml.weights import shelf


@pytest.fixture(scope="module")
def base(tiny: Path) -> Base:
    return find_base(str(tiny))


@pytest.fixture
def pipeline(base: Base) -> StableDiffusionPipeline:
    return base.load()


@pytest.fixture
def root(tuned: Path, tmp_path: Path) -> Path:
    """Two organisations, the second with twice the strength; both adapters are checked and fit."""
    for name in ("north", "south"):
        shutil.copytree(tuned / "adapter", tmp_path / name)
    change(tmp_path / "south", lambda weights: weights | {
        name: 2 * value for name, value in weights.items() if "lora_B" in name})  # fmt: skip
    return tmp_path


def change(folder: Path, how: Callable[[dict[str, Tensor]], dict[str, Tensor]], **facts: object) -> None:
    """Rewrite an adapter's weights and seal them again."""
    known = json.loads((folder / "manifest.json").read_text())
    known.pop("files")
    with safe_open(folder / WEIGHTS, "pt") as file:
        metadata = file.metadata()
    save_file(how(load_file(folder / WEIGHTS)), folder / WEIGHTS, metadata)
    shelf.seal(folder, **(known | facts))


def state(pipeline: StableDiffusionPipeline) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in pipeline.unet.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(value, other[name]) for name, value in one.items())


@torch.inference_mode()
def answer(pipeline: StableDiffusionPipeline) -> Tensor:
    chance = torch.Generator().manual_seed(3)
    codes, words = torch.randn(2, 4, 8, 8, generator=chance), torch.randn(2, 5, 16, generator=chance)
    return pipeline.unet.float()(codes, torch.tensor([3, 700]), words).sample


@pytest.mark.parametrize("organisation", ["north", "south"])
def test_merged_weights_answer_as_peft_does(organisation: str, base: Base, root: Path) -> None:
    plain, merged, adapted = (base.load() for _ in range(3))
    Wardrobe(merged.unet, base.label).wear(find(root, organisation))
    adapted.load_lora_weights(root / organisation, weight_name=WEIGHTS)
    assert torch.allclose(answer(merged), answer(adapted), atol=1e-5)
    assert (answer(merged) - answer(plain)).abs().max() > 1e-3


def test_the_scale_is_alpha_over_the_rank(root: Path) -> None:
    one = read_deltas(root / "north" / WEIGHTS)
    names = [name for name in load_file(root / "north" / WEIGHTS) if ".lora_A." in name]
    alphas = {name.replace(".lora_A.weight", ".alpha"): torch.tensor(6.0) for name in names}
    change(root / "north", lambda weights: weights | alphas)
    other = read_deltas(root / "north" / WEIGHTS)
    assert one.keys() == other.keys()
    assert all(torch.allclose(other[name], 3 * value) for name, value in one.items())  # alpha 6 over rank 2


def test_older_names_of_the_halves_are_read_as_well(root: Path) -> None:
    one = read_deltas(root / "north" / WEIGHTS)
    change(root / "north", lambda weights: {
        name.replace("lora_A", "lora.down").replace("lora_B", "lora.up"): value for name, value in weights.items()
    })  # fmt: skip
    other = read_deltas(root / "north" / WEIGHTS)
    assert one.keys() == other.keys()
    assert all(torch.equal(other[name], value) for name, value in one.items())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_what_is_taken_off_leaves_no_trace(
    dtype: torch.dtype, pipeline: StableDiffusionPipeline, base: Base, root: Path
) -> None:
    pipeline.to(dtype=dtype)
    own, wardrobe = state(pipeline), Wardrobe(pipeline.unet, base.label)
    worn = []
    for organisation in ("north", "south", "north"):
        wardrobe.wear(find(root, organisation))
        worn.append(state(pipeline))
        assert not same(own, worn[-1])
    assert same(worn[0], worn[2])
    assert not same(worn[0], worn[1])
    wardrobe.wear(None)
    assert same(own, state(pipeline))


def test_an_organisation_without_an_adapter_wears_the_base(root: Path) -> None:
    assert find(root, "west") is None


@pytest.mark.parametrize("name", ["../north", "north/../north", "", ".", "a" * 65, "nörth", "north\n"])
def test_an_id_never_leads_out_of_the_folder(name: str, root: Path) -> None:
    with pytest.raises(ValueError, match="id"):
        find(root, name)


def test_altered_bytes_are_not_loaded(root: Path) -> None:
    file = root / "north" / WEIGHTS
    file.write_bytes(file.read_bytes()[:-1] + b"\x07")
    with pytest.raises(shelf.WeightsAltered):
        find(root, "north")
    file.unlink()
    with pytest.raises(shelf.WeightsMissing):
        find(root, "north")


def test_an_adapter_of_pictures_that_nobody_looked_at_is_not_worn(root: Path) -> None:
    change(root / "north", lambda weights: weights, reviewed_by=None)
    with pytest.raises(AdapterUnreviewed):
        find(root, "north")
    change(root / "north", lambda weights: weights, reviewed_by=None, not_judged=[])
    assert find(root, "north") is not None


def test_an_adapter_of_another_base_is_refused_and_the_old_one_taken_off(
    pipeline: StableDiffusionPipeline, base: Base, root: Path
) -> None:
    own, wardrobe = state(pipeline), Wardrobe(pipeline.unet, base.label)
    wardrobe.wear(find(root, "south"))
    change(root / "north", lambda weights: weights, base="sd21@00000000")
    with pytest.raises(AdapterUnfit, match="00000000"):
        wardrobe.wear(find(root, "north"))
    assert wardrobe.wears is None
    assert same(own, state(pipeline))


SPOILT: dict[str, Callable[[dict[str, Tensor]], dict[str, Tensor]]] = {
    "half": lambda weights: dict(sorted(weights.items())[1:]),
    "strange": lambda weights: weights | {"text_encoder.q_proj.lora_A.weight": torch.ones(2, 2)},
    "no number": lambda weights: {name: value * torch.nan for name, value in weights.items()},
    "another shape": lambda weights: {name: torch.cat([value, value], dim=-1) if value.ndim == 2 else value
                                      for name, value in weights.items() if "to_q" in name},
    "nothing": lambda weights: {},
}  # fmt: skip


@pytest.mark.parametrize("how", SPOILT)
def test_an_adapter_that_does_not_fit_changes_nothing(
    how: str, pipeline: StableDiffusionPipeline, base: Base, root: Path
) -> None:
    own = state(pipeline)
    change(root / "north", SPOILT[how])
    with pytest.raises(AdapterUnfit):
        Wardrobe(pipeline.unet, base.label).wear(find(root, "north"))
    assert same(own, state(pipeline))


@pytest.mark.parametrize("setting", [
    {"use_dora": True}, {"init_lora_weights": "pissa_niter_16"}, {"init_lora_weights": "olora"},
    {"kasa_config": {"beta": 0.1}}, {"alora_invocation_tokens": [1, 2]},
])  # fmt: skip
def test_an_adapter_with_a_setting_that_is_not_read_is_refused_by_its_name(
    setting: dict[str, object], tuned: Path, tmp_path: Path
) -> None:
    known = {f"unet.{name}": value for name, value in setting.items()}
    metadata = {"lora_adapter_metadata": json.dumps(known)}
    save_file(load_file(tuned / "adapter" / WEIGHTS), tmp_path / WEIGHTS, metadata)
    with pytest.raises(AdapterUnfit, match=next(iter(setting))):
        read_deltas(tmp_path / WEIGHTS)


@pytest.mark.parametrize("begun", [True, "gaussian"])
def test_an_adapter_that_left_its_base_alone_is_read(begun: object, tuned: Path, tmp_path: Path) -> None:
    metadata = {"lora_adapter_metadata": json.dumps({"unet.init_lora_weights": begun})}
    save_file(load_file(tuned / "adapter" / WEIGHTS), tmp_path / WEIGHTS, metadata)
    assert read_deltas(tmp_path / WEIGHTS)


def test_the_painter_paints_with_the_adapter_of_whoever_asks(base: Base, root: Path) -> None:
    manner = replace(profile("embedded"), size=16, shown=64, reads="text", steps=2, guidance=1.0)
    painter = Painter(base.load(), manner, base.label, adapters=root)
    safe = screen_text("a lake at dawn in mist, watercolour")
    assert isinstance(safe, SafePrompt)
    drawn = {
        who: painter.draw_many([Order(safe, 7, organisation=who)])[0] for who in (None, "north", "south", "nobody")
    }
    again = painter.draw(safe, seed=7)
    assert [one.model.partition("+")[2].partition("@")[0] for one in drawn.values()] == ["", "north", "south", ""]
    plain, north, south, nobody = (one.pixels for one in drawn.values())
    assert np.array_equal(plain, nobody) and np.array_equal(plain, again.pixels)
    assert not np.array_equal(plain, north) and not np.array_equal(north, south)


def test_orders_of_two_organisations_are_no_batch(base: Base, root: Path) -> None:
    painter = Painter(base.load(), replace(profile("embedded"), size=16, reads="text"), base.label, adapters=root)
    safe = screen_text("a lake at dawn in mist, watercolour")
    assert isinstance(safe, SafePrompt)
    with pytest.raises(MixedBatch):
        painter.draw_many([Order(safe, 1, organisation="north"), Order(safe, 1, organisation="south")])
