"""Checkpoints: the tree's root at a size, recorded as the log grows."""

from django.db import connection, transaction

from eventstore.merkle import Tree

_LAST = "SELECT size, peaks FROM eventstore.checkpoint ORDER BY size DESC LIMIT 1"
_LEAVES = "SELECT leaf FROM eventstore.log_position WHERE position > %s ORDER BY position LIMIT %s"
_ADD = "SELECT eventstore.add_checkpoint(%s, %s, %s)"
CHUNK = 10_000


def record() -> int:
    """Record the root over all sealed events, if the log has grown. The size it covers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LAST)
        row = cursor.fetchone()
        tree = Tree.load(row[0], bytes(row[1])) if row else Tree.empty()
        before = tree.size
        while leaves := _leaves(cursor, tree.size):
            tree.extend(leaves)
        if tree.size > before:
            cursor.execute(_ADD, [tree.size, tree.root(), tree.dump()])
    return tree.size


def _leaves(cursor: object, after: int) -> list[bytes]:
    cursor.execute(_LEAVES, [after, CHUNK])  # type: ignore[attr-defined]  # Django's cursor wrapper has no public type
    return [bytes(leaf) for (leaf,) in cursor.fetchall()]  # type: ignore[attr-defined]  # as above
