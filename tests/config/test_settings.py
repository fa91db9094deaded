"""Settings' laws: production refuses what is only good for trying, and each setting has one place."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from apps.accounts.tasks import LEASE_S
from config import environment
from config.database_url import entry
from config.environment import EnvironmentWrong
from config.settings import gather
from config.settings.refusals import refuse_trial_values

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "debug": False,
    "secret_key": "s" * 50,
    "kek": "",
    "kek_file": "/run/secrets/kek",
    "owner_url": "",
    "process": "web",
    "demo_password": "",
    "public_url": "https://attune.example",
}
PRODUCTION = {
    "ATTUNE_SECRET_KEY": "s" * 50,
    "ATTUNE_ALLOWED_HOSTS": "attune.example",
    "ATTUNE_PUBLIC_URL": "https://attune.example",
    "ATTUNE_KEK_FILE": "/run/secrets/kek",
    "DATABASE_URL": "postgresql://app:secret@db/attune",
    "KEYS_DATABASE_URL": "postgresql://keys:secret@keys/attune_keys",
    "REDIS_URL": "redis://valkey/0",
}


def test_a_sound_production_installation_starts() -> None:
    refuse_trial_values(**GOOD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"debug": True}, "ATTUNE_DEBUG"),
        ({"secret_key": "short"}, "ATTUNE_SECRET_KEY"),
        ({"secret_key": "test-only-" + "k" * 40}, "ATTUNE_SECRET_KEY"),
        ({"kek_file": ""}, "ATTUNE_KEK or ATTUNE_KEK_FILE"),
        ({"kek": "dGVzdC1vbmx5LXRlc3Qtb25seS10ZXN0LW9ubHktMzI="}, "the one that tests use"),
        ({"owner_url": "postgresql://owner@db/attune"}, "DATABASE_OWNER_URL"),
        ({"demo_password": "x"}, "ATTUNE_DEMO_PASSWORD"),
        ({"public_url": "http://attune.example"}, "ATTUNE_PUBLIC_URL"),
        ({"public_url": "https://"}, "ATTUNE_PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_only_good_for_trying(change: dict[str, object], said: str) -> None:
    with pytest.raises(EnvironmentWrong, match=said):
        refuse_trial_values(**{**GOOD, **change})  # type: ignore[arg-type]


STRICT = "s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT"


def in_production(shows: str = STRICT, **environ: str) -> "subprocess.CompletedProcess[str]":
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    places = f"{ROOT / 'platform'}{os.pathsep}{ROOT}"
    env = {**keep, "PYTHONPATH": places, "DJANGO_SETTINGS_MODULE": "config.settings.production", **environ}
    code = f"from django.conf import settings as s; print({shows})"
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)


def test_production_settings_load_and_are_strict() -> None:
    assert in_production(**PRODUCTION).stdout.split() == ["False", "True", "True"]


def test_production_waits_for_a_mail_server_for_less_than_a_jobs_lease() -> None:
    """Without it, one that stays silent holds the worker, and all that waits behind, for as long as it likes."""
    seconds = in_production("s.EMAIL_TIMEOUT", **PRODUCTION).stdout.strip()
    assert 0 < int(seconds) <= LEASE_S / 2


def test_production_takes_host_names_with_spaces_between_them() -> None:
    environ = {**PRODUCTION, "ATTUNE_ALLOWED_HOSTS": "attune.example, www.attune.example ,"}
    done = in_production("*s.ALLOWED_HOSTS, *s.CSRF_TRUSTED_ORIGINS", **environ)
    names = ["attune.example", "www.attune.example"]
    assert done.stdout.split() == [*names, *(f"https://{name}" for name in names)]


@pytest.mark.parametrize(
    "missing", ["ATTUNE_SECRET_KEY", "ATTUNE_ALLOWED_HOSTS", "ATTUNE_KEK_FILE", "ATTUNE_PUBLIC_URL"]
)
def test_production_settings_refuse_to_load_without(missing: str) -> None:
    done = in_production(**{name: value for name, value in PRODUCTION.items() if name != missing})
    assert done.returncode != 0
    assert missing in done.stderr.splitlines()[-1]


def test_a_setting_that_two_modules_set_is_a_mistake() -> None:
    one, other = ModuleType("one"), ModuleType("other")
    one.NAME, other.NAME = 1, 2  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="NAME"):
        gather(one, other)


def test_a_database_url_keeps_what_is_escaped() -> None:
    read = entry("postgresql://app:p%40ss@db:5433/main?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"], read["NAME"]) == (
        "app",
        "p@ss",
        "db",
        "5433",
        "main",
    )
    assert read["OPTIONS"] == {"sslmode": "require"}
    assert entry("postgresql://app@:5432/main?host=%2Ftmp%2Fpg")["HOST"] == "/tmp/pg"  # noqa: S108


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(EnvironmentWrong):
        entry("sqlite:///file")


def test_the_stacks_file_sets_only_what_the_environment_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stack.env"
    file.write_text("# a comment\nATTUNE_ONE=file=with=signs\nATTUNE_TWO=file\n")
    monkeypatch.setenv("ATTUNE_TWO", "environment")
    monkeypatch.setenv("ATTUNE_ONE", "")
    monkeypatch.delenv("ATTUNE_ONE")
    environment.load_file(file)
    assert (environment.text("ATTUNE_ONE"), environment.text("ATTUNE_TWO")) == ("file=with=signs", "environment")


@pytest.mark.parametrize(("value", "means"), [("1", True), ("on", True), ("0", False), ("", False)])
def test_a_switch_is_on_or_off(value: str, means: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_X", value)
    assert environment.switch("ATTUNE_X") is means


def test_a_switch_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_X", "perhaps")
    with pytest.raises(EnvironmentWrong, match="ATTUNE_X"):
        environment.switch("ATTUNE_X")
