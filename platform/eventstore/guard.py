"""The app refuses to run with a database role that could rewrite the log."""

from django.db import connections

from eventstore.errors import UnsafeRole

_FACTS = """SELECT r.rolsuper, r.rolbypassrls,
        pg_has_role(current_user, c.relowner, 'USAGE') OR pg_has_role(current_user, c.relowner, 'SET'),
        has_table_privilege('eventstore.event', 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
    FROM pg_roles r, pg_class c WHERE r.rolname = current_user AND c.oid = 'eventstore.event'::regclass"""
_FAULTS = ("is a superuser", "bypasses row-level security", "owns the log", "may write to the log's tables")


def refuse_unsafe_role(using: str = "default") -> None:
    """Boot check of the app's database role.

    Raises:
        UnsafeRole: it is a superuser, bypasses row-level security, is or may become the log's owner, or may write to
            its tables otherwise than by `append`. OperationalError: retry.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(_FACTS)
        facts = cursor.fetchone()
    for holds, fault in zip(facts, _FAULTS, strict=True):
        if holds:
            raise UnsafeRole(f"the database role of {using!r} {fault}; give the app a role of its own")
