"""The files for containers say what the services need; they are read, since nothing builds them here."""

import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from devstack.bench import sessions as bench

DOCKER = Path(__file__).resolve().parents[2] / "docker"
NGINX = re.sub(r"#.*", "", (DOCKER / "nginx.conf").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
LOCATION = re.compile(r"location [^{]*\{([^}]*)\}")
SIGNING_IN = "~ ^/(sign-in|recover|join)/"
LOCATIONS = dict(re.findall(r"location ([^{]*?) *\{([^}]*)\}", NGINX))


def test_every_location_passes_the_headers_that_the_product_trusts() -> None:
    """nginx takes a server's headers into a location only where that sets none of its own."""
    proxied = [one for one in LOCATION.findall(NGINX) if "proxy_pass" in one]
    assert len(proxied) == 4
    assert not [one for one in proxied if "proxy_set_header" in one]
    said = dict(re.findall(r"proxy_set_header (\S+) (.*);", LOCATION.sub("", NGINX)))
    assert said == {
        "Host": "$host",
        "X-Forwarded-For": "$remote_addr",
        "X-Forwarded-Proto": "https",
        "Daphne-Root-Path": '""',
        "Upgrade": "$http_upgrade",
        "Connection": "$connection_upgrade",
    }


def test_only_an_upgrade_takes_a_connection_out_of_those_that_are_kept() -> None:
    assert "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }" in NGINX


def test_the_address_of_the_web_process_is_asked_for_again_after_it_was_made_anew() -> None:
    """A name that nginx resolves at its start alone leads to whichever container has that address after an upgrade."""
    (upstream,) = re.findall(r"upstream web \{([^}]*)\}", NGINX)
    assert "server web:8000 resolve;" in upstream
    assert re.search(r"\bzone \w+ \d+k;", upstream), "nginx resolves at run time in shared memory only"
    assert re.search(r"\bresolver 127\.0\.0\.11 valid=\d+s;", NGINX.partition("upstream web")[0])


def test_nginx_is_one_that_resolves_at_run_time() -> None:
    """`resolve` came to the open-source nginx with 1.27.3; it does not start on a parameter that it doesn't know."""
    version, _, variant = COMPOSE["services"]["nginx"]["image"].removeprefix("nginx:").partition("-")
    assert variant == "alpine"
    assert tuple(int(part) for part in version.split(".")) >= (1, 27, 3)


def rate(zone: str) -> int:
    """Requests a second of one address."""
    (found,) = re.findall(rf"limit_req_zone \$binary_remote_addr zone={zone}:\w+ rate=(\d+)r/s;", NGINX)
    return int(found)


def test_a_clinic_behind_one_address_is_not_shut_out() -> None:
    """Each session that the benchmark promises has a socket, sends its page's requests, and signs in at nine."""
    sessions = bench.SESSIONS
    (sockets,) = re.findall(r"limit_conn sockets (\d+);", LOCATIONS["/ws/"])
    assert int(sockets) >= 2 * sessions, "a page that is loaded anew has two for a moment"
    assert "limit_req" not in LOCATIONS["/static/"], "a first visit fetches dozens of files at once"
    (pages,) = re.findall(r"limit_req zone=pages burst=(\d+) nodelay;", LOCATIONS["/"])
    assert rate("pages") >= 4 * sessions and int(pages) >= 20 * sessions
    (signing_in,) = re.findall(r"limit_req zone=signing_in burst=(\d+) nodelay;", LOCATIONS[SIGNING_IN])
    assert rate("signing_in") >= 10 and int(signing_in) >= 2 * sessions, "a page and a form each"


@pytest.mark.parametrize("image", ["web", "worker"])
def test_the_services_own_user_may_write_into_each_volume(image: str) -> None:
    """A new named volume is mounted as root's, unless the image has the folder with another owner."""
    steps = (DOCKER / f"{image}.Dockerfile").read_text().partition("USER attune\n")[0]
    folders = [volume.split(":")[1] for volume in COMPOSE["x-app"]["volumes"] if not volume.startswith("./")]
    assert folders == [COMPOSE["x-app"]["environment"]["ATTUNE_BLOB_DIR"]]
    for folder in folders:
        assert f"\nRUN install -d -o attune -g attune -m 0700 {folder}\n" in steps


def test_the_key_file_lies_in_a_folder_that_only_rotating_writes_to() -> None:
    """A file that is mounted alone stays the old one in a container when another takes its name, as each safe way to
    write it does; and beside it a lock and the new file have to be made (`vault/rotation.py`).
    """
    key_file = PurePosixPath(COMPOSE["x-app"]["environment"]["ATTUNE_KEK_FILE"])
    modes: dict[str, str] = {}
    for name, service in COMPOSE["services"].items():
        if "ATTUNE_KEK_FILE" in service.get("environment", {}):
            (mount,) = [one for one in service["volumes"] if one.split(":")[1] == str(key_file.parent)]
            host, _, mode = mount.split(":", 2) if mount.count(":") == 2 else (*mount.split(":"), "rw")
            assert host == "./secrets/keys"
            modes[name] = mode
    assert {"web", "sealer", "default", "frames", "images", "migrate"} <= modes.keys()
    assert {name for name, mode in modes.items() if mode != "ro"} == {"rotate"}
    assert "secrets" not in COMPOSE


def test_rotating_is_done_on_purpose_and_ends() -> None:
    rotate = COMPOSE["services"]["rotate"]
    assert (rotate["profiles"], rotate["restart"]) == (["rotate"], "no")
    assert rotate["command"][:3] == ["python", "manage.py", "rotate_keys"]
    assert not [name for name, one in COMPOSE["services"].items() if name != "rotate" and "profiles" in one]
    assert rotate["environment"].get("ATTUNE_PROCESS", "cli") == "cli", "a service would look at every key first"


def test_only_services_that_reach_out_or_are_reached_leave_the_inner_network() -> None:
    """`default` sends mails, `images` may ask a language model; the inner network leads nowhere."""
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, service in COMPOSE["services"].items() if "edge" in service["networks"]}
    assert outside == {"nginx", "web", "default", "images"}
