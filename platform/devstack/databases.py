"""Roles, databases and migrations of the local stack. Repeating any of it changes nothing."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg

from devstack import postgres, roles
from devstack.layout import Layout, write_private
from devstack.servers import KEYS, MAIN, Servers

_QUIETLY = ("--noinput", "--skip-checks", "-v0")


class SetUpFailed(Exception):
    """A step of set-up said no; the message says which and why."""


def fingerprint(root: Path) -> str:
    """A hash of all that decides the schema: migrations, their SQL and the roles."""
    digest = hashlib.sha256(os.environ.get("ATTUNE_ONLY", "").encode())
    files = [path for tree in ("platform", "apps") for path in (root / tree).glob("**/migrations/**/*")]
    files += [*(root / "platform").glob("**/*.sql"), Path(roles.__file__)]
    for path in sorted(path for path in files if path.suffix in {".py", ".sql"}):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def make_embedded(servers: Servers) -> None:
    """Roles and empty databases in our own cluster, for those parts that are ours."""
    cluster = servers.cluster
    if cluster is None:
        return
    with closing(_superuser(cluster, "postgres")) as admin:
        roles.make_roles(admin, servers.passwords, app_role=servers.app_role)
        wanted = {MAIN: roles.OWNER} if servers.main_is_ours else {}
        wanted |= {KEYS: roles.KEYS_ROLE} if servers.keys_are_ours else {}
        made = {name: owner for name, owner in wanted.items() if roles.make_database(admin, name, owner)}
        if MAIN in wanted:
            roles.open_to_migrator(admin, MAIN)
    for name, owner in made.items():
        with closing(_superuser(cluster, name)) as admin:
            roles.close_public_schema(admin, owner)


def _superuser(cluster: postgres.Cluster, database: str) -> psycopg.Connection:
    return psycopg.connect(cluster.url(postgres.SUPERUSER, cluster.password, database), autocommit=True)


def open_main(servers: Servers, owner_url: str) -> None:
    """As the owner: let the app's role into the main database."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        roles.open_to_app(owner, owner.info.dbname, app_role=servers.app_role)


def make_app_role(servers: Servers, owner_url: str) -> str:
    """For a server that isn't ours, when only the owner's URL is given: make the app's role. Returns its URL."""
    parts = urlsplit(owner_url)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        try:
            roles.make_role(owner, servers.app_role, "LOGIN", servers.passwords.app)
        except psycopg.errors.InsufficientPrivilege as refused:
            raise SetUpFailed("the owner may not create roles: create the app's and set DATABASE_URL") from refused
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(servers.app_role)}:{quote(servers.passwords.app, safe='')}@{place}").geturl()


def migrate(layout: Layout, environ: Mapping[str, str], owner_url: str) -> bool:
    """Run the migrations of both databases unless exactly these were run on exactly these. False if skipped."""
    urls = [owner_url, environ["KEYS_DATABASE_URL"]]
    mark = {"migrations": fingerprint(layout.root), "on": [_place(url) for url in urls]}
    done = json.loads(layout.done.read_text()) if layout.done.is_file() else {}
    # The mark says what was done to a database of this name; one that was made anew has the name alone.
    main_stands, keys_stand = (_has_tables(url) for url in urls)
    if main_stands and keys_stand and done.get("migrated") == mark:
        return False
    if not main_stands:
        done.pop("seeded", None)
    for alias in ("owner", "keys"):
        manage(layout, {**environ, "DATABASE_OWNER_URL": owner_url}, "migrate", "--database", alias, *_QUIETLY)
    write_private(layout.done, json.dumps({**done, "migrated": mark}))
    return True


def _has_tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone() == (True,)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}{unquote(parts.path)}?{parts.query}"


def manage(layout: Layout, environ: Mapping[str, str], *arguments: str) -> None:
    """Run a management command to its end. Its errors are shown, its answer isn't (it may hold a password)."""
    command = [sys.executable, str(layout.root / "manage.py"), *arguments]
    done = subprocess.run(command, env=dict(environ), cwd=layout.root, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SetUpFailed(f"manage.py {arguments[0]} ended with status {done.returncode}")


def seed(layout: Layout, environ: Mapping[str, str]) -> bool:
    """Make the demonstration accounts once a database. False if skipped."""
    mark = [_place(environ["DATABASE_URL"]), hashlib.sha256(environ["ATTUNE_DEMO_PASSWORD"].encode()).hexdigest()]
    done = json.loads(layout.done.read_text()) if layout.done.is_file() else {}
    if done.get("seeded") == mark:
        return False
    manage(layout, environ, "seed_demo")
    write_private(layout.done, json.dumps({**done, "seeded": mark}))
    return True
