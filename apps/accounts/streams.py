"""An account's stream: `user-<id>`, sealed under the patient's key, or the system's for everyone else."""

from uuid import UUID, uuid4

from apps.accounts.models import User
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName


def append(user: User, fact: object, *, actor: Actor | None = None) -> int:
    """Append to the account's stream as its owner, or as whoever did it. Returns the new version."""
    return append_to(user.id, user.subject_id, fact, actor=actor or user.actor)


def append_to(
    user_id: UUID, subject: UUID | None, fact: object, *, actor: Actor, command_id: UUID | None = None
) -> int:
    """Append to a stream whose account need not exist yet.

    Args:
        subject: whose key seals it: the patient, or None for the system.
    """
    stream = StreamName("user", user_id)
    return store.append(stream, [fact], expected=None, actor=actor, command_id=command_id or uuid4(), subject=subject)
