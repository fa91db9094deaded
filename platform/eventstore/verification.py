"""Everything that was recorded, checked against itself: from stored bytes, with no key and no trust in stored hashes.

What this cannot see from inside the database (the whole log cut or rewritten by its owner, checkpoints included) needs
a checkpoint kept outside.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from eventstore import checking_blobs
from eventstore.checking_chains import Chains
from eventstore.checking_keys import Keys
from eventstore.checking_tree import Order
from eventstore.findings import Report
from vault import keys

_audit_categories: set[str] = set()


def register_audit_category(*categories: str) -> None:
    """Declare the stream categories that hold the access trail: `verify` counts them apart."""
    _audit_categories.update(categories)


def verify() -> Report:
    """Check all streams, the log's order, its roots and all blobs in one snapshot, then the keys of both.

    Raises:
        KeyUnavailable, OperationalError: nothing was decided; retry.
    """
    report, erased = Report(), keys.erased_subjects()
    chains, order, used = Chains(), Order(), Keys()
    with _one_snapshot():
        for checked in chains.check():
            report.events += 1
            report.audit += bool(checked.name and checked.name.category in _audit_categories)
            used.note(checked)
            if checked.place.blobs:
                files = checking_blobs.check(checked, erased)
                report.blobs += files.looked_at
                report.problems += files.problems
                used.note_files(checked, files.keys)
        order.check()
    used.settle()
    report.problems += chains.problems + order.problems + used.problems
    report.erased = used.erased
    return report


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """All queries see the same moment; within a caller's transaction, what that transaction sees."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
