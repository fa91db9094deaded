"""A cluster for one test session: migrated templates, from which each test that commits gets databases of its own.

Initialising and migrating costs seconds, so the stopped cluster is kept as an image under var/, named by a hash of
what it was made from; the next session copies the image. Nothing keeps running between sessions.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from devstack import binaries, databases, postgres, roles, service_user

PASSWORD = "test"  # noqa: S105  (a throwaway cluster on a socket in a private folder)
DATABASE, KEYS_DATABASE = "attune", "attune_keys"
TEMPLATES = {DATABASE: "attune_template", KEYS_DATABASE: "attune_keys_template"}
_KEPT_IMAGES = 4


@dataclass(frozen=True, slots=True)
class TestBed:
    """`root` is the repository, `folder` the session's own place (short: sockets live in it)."""

    __test__ = False

    root: Path
    folder: Path
    app_role: str

    def cluster(self) -> postgres.Cluster:
        user = service_user.find()
        install = service_user.reachable_install(binaries.postgres_install(), user)
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        data, sockets = self.folder / "data", self.folder / "s"
        return postgres.Cluster(install, data, sockets, 5432, user, PASSWORD, postgres.THROWAWAY)

    @contextmanager
    def running(self, migrate: Callable[[str, str], None]) -> Iterator[postgres.Cluster]:
        """Serve the templates, migrated by `migrate(owner_url, keys_url)` unless an image of them is kept."""
        cluster, image = self.cluster(), self.image()
        if image.is_dir():
            copy_tree(image, cluster.data)
        else:
            self._build(cluster, image, migrate)
        child = cluster.start(self.folder / "postgres.log")
        try:
            yield cluster
        finally:
            postgres.stop(child)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _build(self, cluster: postgres.Cluster, image: Path, migrate: Callable[[str, str], None]) -> None:
        cluster.initialise()
        child = cluster.start(self.folder / "postgres.log")
        try:
            make_templates(cluster, app_role=self.app_role)
            migrate(
                cluster.url(roles.MIGRATOR, PASSWORD, TEMPLATES[DATABASE]),
                cluster.url(roles.KEYS_ROLE, PASSWORD, TEMPLATES[KEYS_DATABASE]),
            )
        finally:
            postgres.stop(child)
        keep_image(cluster.data, image)

    def image(self) -> Path:
        return self.root / "var" / "test-images" / databases.fingerprint(self.root)


def make_templates(cluster: postgres.Cluster, *, app_role: str) -> None:
    passwords = roles.Passwords(migrator=PASSWORD, app=PASSWORD, keys=PASSWORD)
    with admin(cluster) as connection:
        connection.execute("SET scram_iterations = 1")
        roles.make_roles(connection, passwords, app_role=app_role)
        roles.make_database(connection, TEMPLATES[DATABASE], roles.OWNER)
        roles.make_database(connection, TEMPLATES[KEYS_DATABASE], roles.KEYS_ROLE)
        roles.open_to_migrator(connection, TEMPLATES[DATABASE])
    for database, owner in ((DATABASE, roles.OWNER), (KEYS_DATABASE, roles.KEYS_ROLE)):
        with admin(cluster, TEMPLATES[database]) as connection:
            roles.close_public_schema(connection, owner)
    url = cluster.url(roles.MIGRATOR, PASSWORD, TEMPLATES[DATABASE])
    with psycopg.connect(url, autocommit=True) as owner_connection:
        roles.open_to_app(owner_connection, TEMPLATES[DATABASE], app_role=app_role)


@contextmanager
def admin(cluster: postgres.Cluster, database: str = "postgres") -> Iterator[psycopg.Connection]:
    url = cluster.url(postgres.SUPERUSER, cluster.password, database)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def copy_database(connection: psycopg.Connection, template: str, name: str) -> None:
    """A database like the template, with its owner and its rights, which CREATE DATABASE doesn't copy."""
    facts = (
        "SELECT r.rolname, d.datacl::text[] FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = %s"
    )
    row = connection.execute(facts, [template]).fetchone()
    if row is None:
        raise LookupError(template)
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template), "owner": sql.Identifier(row[0])}
    connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}").format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names))
    for entry in row[1] or ():
        grantee = entry.partition("=")[0].strip('"')
        if grantee and grantee != row[0]:
            grant = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(names["name"], sql.Identifier(grantee))
            connection.execute(grant)
    connection.execute(sql.SQL("ALTER DATABASE {name} SET search_path = public, pg_temp").format(**names))


def drop_database(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def keep_image(data: Path, image: Path) -> None:
    """Keep the stopped cluster; two sessions may do so at once, so it appears whole or not at all."""
    image.parent.mkdir(parents=True, exist_ok=True)
    fresh = image.parent / f".{image.name}.{os.getpid()}"
    copy_tree(data, fresh)
    try:
        fresh.rename(image)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
    images = sorted((p for p in image.parent.iterdir() if p.name[0] != "."), key=lambda p: p.stat().st_mtime)
    for old in images[:-_KEPT_IMAGES]:
        shutil.rmtree(old, ignore_errors=True)


def copy_tree(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)
