"""Erasing a patient from what sessions keep outside the log and its read models: the mailboxes in Valkey.

All of it is sealed and gone within a minute by itself; erasure does not wait for that.
"""

from uuid import UUID

import redis
from django.conf import settings

from apps.sessions import mailbox
from apps.sessions.enrolment import afresh_key
from apps.sessions.events import SESSION
from eventstore.erasure import register_eraser, register_patient_data
from eventstore.streams import entities_of

ERASER = "care_sessions.mailboxes"
_TIMEOUT_S = 2.0
_KEYS = (mailbox.frame_key, mailbox.track_key, mailbox.live_key, afresh_key)


def forget_mailboxes(patient_id: UUID) -> None:
    """Drop what waits in Valkey for this patient's sessions. Does nothing while Valkey is away: all of it expires."""
    sessions = entities_of(patient_id, SESSION)
    keys = [name(session) for session in sessions for name in _KEYS]
    if not keys:
        return
    try:
        with redis.Redis.from_url(settings.ATTUNE_REDIS_URL, socket_timeout=_TIMEOUT_S) as client:
            client.delete(*keys)
    except redis.RedisError:
        return


def register() -> None:
    register_eraser(ERASER, forget_mailboxes)
    register_patient_data("cache", "attune:frames:*", ERASER)
