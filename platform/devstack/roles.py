"""The two roles and two databases. What the app may do is decided here and by the migrations, not by the app.

- The owner (no login) owns every table; a migrator logs in and acts as it.
- The app's role gets data rights on ordinary tables by default privileges, and nothing else: no schema, no TEMP.
- Data keys live in a database of their own, with a role of its own, so that no backup need hold both.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

OWNER = "attune_owner"
MIGRATOR = "attune_migrator"
KEYS_ROLE = "attune_keys"


@dataclass(frozen=True, slots=True)
class Passwords:
    migrator: str
    app: str
    keys: str


def make_roles(admin: psycopg.Connection, passwords: Passwords, *, app_role: str) -> None:
    """Create the roles, or set their passwords if they exist. `admin` is a superuser in autocommit."""
    make_role(admin, OWNER, "NOLOGIN", None)
    make_role(admin, MIGRATOR, "LOGIN", passwords.migrator)
    make_role(admin, app_role, "LOGIN", passwords.app)
    make_role(admin, KEYS_ROLE, "LOGIN", passwords.keys)
    owner, migrator = sql.Identifier(OWNER), sql.Identifier(MIGRATOR)
    admin.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(owner, migrator))
    admin.execute(sql.SQL("ALTER ROLE {} SET role = {}").format(migrator, sql.Literal(OWNER)))


def make_role(admin: psycopg.Connection, name: str, login: str, password: str | None) -> None:
    """Create the role, or reset its password if it exists."""
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    secret = sql.SQL("PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    if not known:
        rights = sql.SQL(f"{login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION")
        admin.execute(sql.SQL("CREATE ROLE {} {} {}").format(sql.Identifier(name), rights, secret))
    elif password:
        admin.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(name), secret))


def make_database(admin: psycopg.Connection, name: str, owner: str) -> bool:
    """Create an empty database that only its owner may enter. False if it was there."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    return True


def open_to_migrator(admin: psycopg.Connection, database: str) -> None:
    """The migrator acts as the owner but connects as itself."""
    admin.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(MIGRATOR))
    )


def open_to_app(owner: psycopg.Connection, database: str, *, app_role: str) -> None:
    """Let the app's role in, and let it read and write ordinary tables made later. Run as the owner, inside it."""
    role = sql.Identifier(app_role)
    for statement in (
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), role),
        sql.SQL("ALTER DATABASE {} SET search_path = public, pg_temp").format(sql.Identifier(database)),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}"
        ).format(role),
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}").format(role),
        sql.SQL("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
    ):
        owner.execute(statement)


def close_public_schema(admin: psycopg.Connection, owner: str) -> None:
    """Inside a new database: the public schema belongs to the owner, and PUBLIC may do nothing in it."""
    admin.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(owner)))
    admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
