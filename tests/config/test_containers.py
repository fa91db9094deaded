"""The files for containers say what the services need; they are read, since nothing builds them here."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCKER = Path(__file__).resolve().parents[2] / "docker"
NGINX = re.sub(r"#.*", "", (DOCKER / "nginx.conf").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
LOCATION = re.compile(r"location [^{]*\{([^}]*)\}")


def test_every_location_passes_the_headers_that_the_product_trusts() -> None:
    """nginx takes a server's headers into a location only where that sets none of its own."""
    proxied = [one for one in LOCATION.findall(NGINX) if "proxy_pass" in one]
    assert len(proxied) == 3
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


@pytest.mark.parametrize("image", ["web", "worker"])
def test_the_services_own_user_may_write_into_each_volume(image: str) -> None:
    """A new named volume is mounted as root's, unless the image has the folder with another owner."""
    steps = (DOCKER / f"{image}.Dockerfile").read_text().partition("USER attune\n")[0]
    folders = [volume.split(":")[1] for volume in COMPOSE["x-app"]["volumes"]]
    assert folders == [COMPOSE["x-app"]["environment"]["ATTUNE_BLOB_DIR"]]
    for folder in folders:
        assert f"\nRUN install -d -o attune -g attune -m 0700 {folder}\n" in steps


def test_only_services_that_reach_out_or_are_reached_leave_the_inner_network() -> None:
    """`default` sends mails, `images` may ask a language model; the inner network leads nowhere."""
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, service in COMPOSE["services"].items() if "edge" in service["networks"]}
    assert outside == {"nginx", "web", "default", "images"}
