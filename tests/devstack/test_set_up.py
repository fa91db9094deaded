"""Set-up: made once, private, and the environment's servers in place of ours."""

import os
import socket
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
import redis

from devstack import binaries, databases, ports, roles, servers, service_user
from devstack import postgres as pg
from devstack.layout import Layout, read_env, write_env
from devstack.valkey import Valkey


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    for parent in (tmp_path, *tmp_path.parents):
        if parent != Path("/tmp") and parent.is_relative_to("/tmp"):  # noqa: S108
            parent.chmod(0o755)
    made = Layout(Path(__file__).resolve().parents[2], tmp_path / "var")
    made.make()
    return made


def test_secrets_are_made_once_and_readable_by_us_alone(layout: Layout) -> None:
    first = servers.choose(layout, {})
    servers.make_kek(layout)
    kek = layout.kek.read_bytes()
    servers.make_kek(layout)
    assert servers.choose(layout, {}).passwords == first.passwords
    assert layout.kek.read_bytes() == kek
    for file in (layout.secrets, layout.kek):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_the_environment_names_is_not_started(layout: Layout) -> None:
    named = {
        "DATABASE_OWNER_URL": "postgresql://owner:secret@db/one",
        "KEYS_DATABASE_URL": "postgresql://keys:secret@db/two",
        "REDIS_URL": "redis://there/0",
    }
    chosen = servers.choose(layout, named)
    assert chosen.cluster is None
    assert chosen.valkey is None
    environment = servers.app_environment(layout, chosen, named)
    assert environment["KEYS_DATABASE_URL"] == named["KEYS_DATABASE_URL"]
    assert environment["REDIS_URL"] == named["REDIS_URL"]
    assert "DATABASE_URL" not in environment  # set-up makes the app's role and fills it in
    assert "DATABASE_OWNER_URL" not in environment
    assert servers.owner_url(chosen, named) == named["DATABASE_OWNER_URL"]


def test_keys_are_embedded_when_only_the_main_database_is_named(layout: Layout) -> None:
    chosen = servers.choose(layout, {"DATABASE_URL": "postgresql://app:secret@db/one"})
    assert chosen.cluster is not None
    assert (chosen.main_is_ours, chosen.keys_are_ours) == (False, True)


def test_a_taken_port_is_replaced(layout: Layout) -> None:
    servers.choose(layout, {})
    known = read_env(layout.secrets)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        write_env(layout.secrets, {**known, "VALKEY_PORT": taken})
        servers.move_taken_ports(layout)
        assert read_env(layout.secrets)["VALKEY_PORT"] != taken
    assert read_env(layout.secrets)["SECRET_KEY"] == known["SECRET_KEY"]


@pytest.fixture
def running(layout: Layout) -> Iterator[servers.Servers]:
    chosen = servers.choose(layout, {})
    assert chosen.cluster is not None
    chosen.cluster.initialise()
    child = chosen.cluster.start(layout.logs / "postgres.log")
    yield chosen
    pg.stop(child)


def test_the_embedded_cluster_has_both_databases_and_the_roles_rights(running: servers.Servers, layout: Layout) -> None:
    for _ in range(2):  # repeating changes nothing
        databases.make_embedded(running)
        databases.open_main(running, servers.owner_url(running, {}))
    environment = servers.app_environment(layout, running, {})
    with psycopg.connect(servers.owner_url(running, {})) as owner:
        assert owner.execute("SELECT current_user").fetchone() == (roles.OWNER,)
        owner.execute("CREATE TABLE ordinary (id int)")
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as app:
        app.execute("INSERT INTO ordinary VALUES (1)")
        for refused in ("DROP TABLE ordinary", "CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
    with psycopg.connect(environment["KEYS_DATABASE_URL"]) as keys:
        assert keys.execute("SELECT current_user").fetchone() == (roles.KEYS_ROLE,)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(environment["DATABASE_URL"], dbname=servers.KEYS)


def test_databases_that_were_made_anew_are_migrated_and_seeded_again(
    running: servers.Servers, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def manage(_: Layout, environ: Mapping[str, str], *arguments: str) -> None:
        """The one table by which a migrated database is told, in place of two minutes of migrations."""
        ran.append(arguments[0])
        if arguments[0] == "migrate":
            url = environ["DATABASE_OWNER_URL" if "owner" in arguments else "KEYS_DATABASE_URL"]
            with psycopg.connect(url) as database:
                database.execute("CREATE TABLE IF NOT EXISTS django_migrations (id int)")

    def set_up() -> tuple[bool, bool]:
        databases.make_embedded(running)
        environment = {**servers.app_environment(layout, running, {}), "ATTUNE_DEMO_PASSWORD": "x"}
        owner_url = servers.owner_url(running, {})
        return databases.migrate(layout, environment, owner_url), databases.seed(layout, environment)

    monkeypatch.setattr(databases, "manage", manage)
    assert [set_up(), set_up()] == [(True, True), (False, False)]
    assert running.cluster is not None
    for lost, again in ((servers.MAIN, (True, True)), (servers.KEYS, (True, False))):
        with psycopg.connect(
            running.cluster.url(pg.SUPERUSER, running.cluster.password, "postgres"), autocommit=True
        ) as admin:
            admin.execute(f"DROP DATABASE {lost}")
        assert [set_up(), set_up()] == [again, (False, False)]
    assert ran.count("seed_demo") == 2


def test_the_embedded_cluster_asks_for_a_password(running: servers.Servers) -> None:
    assert running.cluster is not None
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(running.cluster.url(pg.SUPERUSER, "wrong", "postgres"))


def test_an_owner_elsewhere_makes_the_apps_role(running: servers.Servers) -> None:
    """As with a server of the environment: the owner's login may create roles but is no superuser."""
    cluster = running.cluster
    assert cluster is not None
    with psycopg.connect(cluster.url(pg.SUPERUSER, cluster.password, "postgres"), autocommit=True) as admin:
        admin.execute("CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'secret'")
        admin.execute("CREATE DATABASE elsewhere OWNER boss")
    owner_url = cluster.url("boss", "secret", "elsewhere")
    for _ in range(2):
        app_url = databases.make_app_role(running, owner_url)
        databases.open_main(running, owner_url)
    with psycopg.connect(owner_url) as owner:
        owner.execute("CREATE TABLE ordinary (id int)")
    with psycopg.connect(app_url) as app:
        assert app.execute("SELECT current_user FROM ordinary").fetchone() is None


def test_valkey_wants_a_password_and_writes_nothing(layout: Layout) -> None:
    server = Valkey(binaries.valkey_server(), layout.valkey, ports.pick(), "secret")
    child = server.start(layout.logs / "valkey.log")
    try:
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        with redis.Redis.from_url(server.url) as client:
            client.set("a", "b")
            assert client.config_get("save") == {b"save": b""} or client.config_get("save") == {"save": ""}
    finally:
        pg.stop(child)
    assert [file.name for file in layout.valkey.iterdir()] == ["valkey.conf"]


def test_as_root_postgres_runs_as_someone_else() -> None:
    user = service_user.find()
    assert (user.uid not in {None, 0}) if os.geteuid() == 0 else user.uid is None
