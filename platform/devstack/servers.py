"""Which servers this stack brings itself and which the environment names, and how the app reaches them."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from devstack import binaries, ports, postgres, roles, service_user
from devstack.layout import Layout, read_env, write_env, write_private
from devstack.postgres import Cluster
from devstack.valkey import Valkey

MAIN, KEYS = "attune", "attune_keys"
_PASSWORDS = ("SUPERUSER", "MIGRATOR", "APP", "KEYS", "VALKEY")


@dataclass(frozen=True, slots=True)
class Servers:
    """None stands for "not ours": the environment's is used."""

    cluster: Cluster | None
    valkey: Valkey | None
    main_is_ours: bool
    keys_are_ours: bool
    passwords: roles.Passwords
    app_role: str


def choose(layout: Layout, environ: Mapping[str, str]) -> Servers:
    """Embedded servers for whatever the environment doesn't name. Ports are remembered, and kept while free."""
    known = _secrets(layout)
    main = not (environ.get("DATABASE_OWNER_URL") or environ.get("DATABASE_URL"))
    keys = not environ.get("KEYS_DATABASE_URL")
    return Servers(
        cluster=_cluster(layout, known) if main or keys else None,
        valkey=None if environ.get("REDIS_URL") else _valkey(layout, known),
        main_is_ours=main,
        keys_are_ours=keys,
        passwords=roles.Passwords(known["MIGRATOR"], known["APP"], known["KEYS"]),
        app_role=environ.get("ATTUNE_DB_APP_ROLE") or "attune_app",
    )


def _secrets(layout: Layout) -> dict[str, str]:
    known = read_env(layout.secrets)
    fresh = {name: secrets.token_urlsafe(24) for name in _PASSWORDS if name not in known}
    fresh |= {} if "SECRET_KEY" in known else {"SECRET_KEY": secrets.token_urlsafe(48)}
    fresh |= {} if "DEMO_PASSWORD" in known else {"DEMO_PASSWORD": secrets.token_urlsafe(12)}
    fresh |= {name: str(ports.pick()) for name in ("POSTGRES_PORT", "VALKEY_PORT") if name not in known}
    if fresh:
        known |= fresh
        write_env(layout.secrets, known)
    return known


def _cluster(layout: Layout, known: Mapping[str, str]) -> Cluster:
    user = service_user.find()
    return Cluster(
        install=service_user.reachable_install(binaries.postgres_install(), user),
        data=service_user.reachable_folder(layout.postgres, user),
        sockets=None,
        port=int(known["POSTGRES_PORT"]),
        user=user,
        password=known["SUPERUSER"],
        options=postgres.DURABLE,
    )


def _valkey(layout: Layout, known: Mapping[str, str]) -> Valkey:
    return Valkey(binaries.valkey_server(), layout.valkey, int(known["VALKEY_PORT"]), known["VALKEY"])


def move_taken_ports(layout: Layout) -> None:
    """Before a start: a remembered port that someone else took meanwhile is replaced."""
    known = read_env(layout.secrets)
    for name in ("POSTGRES_PORT", "VALKEY_PORT"):
        if name in known and not ports.is_free(int(known[name])):
            known[name] = str(ports.pick())
    if known:
        write_env(layout.secrets, known)


def app_environment(layout: Layout, servers: Servers, environ: Mapping[str, str]) -> dict[str, str]:
    """What every process of the stack gets, and what var/stack.env keeps for commands run by hand."""
    known = read_env(layout.secrets)
    found = {
        "ATTUNE_SECRET_KEY": known["SECRET_KEY"],
        "ATTUNE_KEK_FILE": str(layout.kek),
        "ATTUNE_DEMO_PASSWORD": known["DEMO_PASSWORD"],
        "ATTUNE_DB_APP_ROLE": servers.app_role,
    }
    if servers.cluster and servers.main_is_ours:
        found["DATABASE_URL"] = servers.cluster.url(servers.app_role, known["APP"], MAIN)
    if servers.cluster and servers.keys_are_ours:
        found["KEYS_DATABASE_URL"] = servers.cluster.url(roles.KEYS_ROLE, known["KEYS"], KEYS)
    if servers.valkey:
        found["REDIS_URL"] = servers.valkey.url
    given = ("DATABASE_URL", "KEYS_DATABASE_URL", "REDIS_URL", "ATTUNE_KEK", *found)
    return found | {name: environ[name] for name in given if environ.get(name)}


def owner_url(servers: Servers, environ: Mapping[str, str]) -> str:
    """Who may migrate; empty where only the app's URL was given, whose database is then taken as migrated."""
    if servers.cluster and servers.main_is_ours:
        return servers.cluster.url(roles.MIGRATOR, servers.passwords.migrator, MAIN)
    return environ.get("DATABASE_OWNER_URL", "")


def make_kek(layout: Layout) -> None:
    """The key-encryption key of a local stack: 32 random bytes in base64, made once. Losing it loses every record."""
    if not layout.kek.exists():
        write_private(layout.kek, base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
