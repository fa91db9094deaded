"""Django's PostgreSQL wrapper. Where one pooled connection was lost, the idle ones are not trusted either.

A server that restarts ends all of them, and each would fail whoever gets it next. To ask each before its use
(CONN_HEALTH_CHECKS) costs a round trip a request, and psycopg_pool pauses for a second, then two, then four, at each
dead one that it meets. Requests, threads, workers and the sealer all give their connections up here.
"""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def _close(self) -> None:
        """Give the connection back; if it broke, have the pool make its idle connections anew, in its own threads."""
        pool = self.pool
        lost = pool is not None and self.connection is not None and self.connection.broken
        super()._close()  # type: ignore[misc]  # a hook of Django's own, which its stubs leave out
        if lost:
            pool.drain()
