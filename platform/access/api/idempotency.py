"""Writes that may be sent twice: the Idempotency-Key becomes the command's id, which the store runs once."""

from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from django.db import IntegrityError, transaction
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from access.models import UsedKey
from vault import blind

HEADER = "Idempotency-Key"
LONGEST = 255


class KeyReused(APIException):
    """The same key came with another request."""

    status_code = 422
    default_detail = "This Idempotency-Key was used for another request."
    problem_code = "idempotency_key_reused"


def command_id(request: Request) -> UUID:
    """The id under which to run this write: the same for the same actor and key while the key is remembered, else new.

    Call it once a request, before the command. The used key is kept in the command's own transaction.

    Raises:
        KeyReused: the key came before with another method, path or body.
        ValidationError: the key is empty, too long or not printable ASCII.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return uuid4()
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise ValidationError({HEADER: [f"1 to {LONGEST} printable ASCII characters"]})
    key_id = uuid5(NAMESPACE_URL, f"attune:{request.user.pk}:{key}")
    # Keyed, because a bare hash of a short answer or note could be guessed back.
    digest = blind.index("access.used_key.digest", f"{request.method} {request.path} {_body(request)}")
    use = _first_use(key_id, digest)
    if bytes(use.digest) != digest:
        raise KeyReused
    # The store knows a command for ever. With the moment, a key that comes again after it was forgotten, perhaps with
    # another body, is a new command: else it would be answered as if it had run, and nothing be written.
    return uuid5(key_id, use.used_at.isoformat())


def forget_before(moment: datetime) -> int:
    """Drop keys used before then, which are as good as new afterwards. Returns how many."""
    dropped, _ = UsedKey.objects.filter(used_at__lt=moment).delete()
    return dropped


def _first_use(key_id: UUID, digest: bytes) -> UsedKey:
    """The use that this key is remembered for: this one, where it is new or was forgotten."""
    try:
        with transaction.atomic():
            return UsedKey.objects.create(id=key_id, digest=digest)
    except IntegrityError:
        return UsedKey.objects.get(id=key_id)


def _body(request: Request) -> str:
    data: Any = request.data
    return repr(sorted(data.items())) if hasattr(data, "items") else repr(data)
