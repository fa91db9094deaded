"""The files for containers say what the services need; they are read, since nothing builds them here."""

import re
from pathlib import Path

DOCKER = Path(__file__).resolve().parents[2] / "docker"
NGINX = re.sub(r"#.*", "", (DOCKER / "nginx.conf").read_text())
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
