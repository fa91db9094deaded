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
    """The id under which to run this write: the same for the same actor, route and key, else a new one.

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
    used = uuid5(NAMESPACE_URL, f"attune:{request.user.pk}:{key}")
    # Keyed, because a bare hash of a short answer or note could be guessed back.
    digest = blind.index("access.used_key.digest", f"{request.method} {request.path} {_body(request)}")
    if _first_use(used, digest):
        return used
    if bytes(UsedKey.objects.get(id=used).digest) != digest:
        raise KeyReused
    return used


def forget_before(moment: datetime) -> int:
    """Drop keys used before then. Returns how many."""
    dropped, _ = UsedKey.objects.filter(used_at__lt=moment).delete()
    return dropped


def _first_use(used: UUID, digest: bytes) -> bool:
    try:
        with transaction.atomic():
            UsedKey.objects.create(id=used, digest=digest)
    except IntegrityError:
        return False
    return True


def _body(request: Request) -> str:
    data: Any = request.data
    return repr(sorted(data.items())) if hasattr(data, "items") else repr(data)
