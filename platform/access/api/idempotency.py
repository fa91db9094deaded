"""Writes that may be sent twice: what comes again under its Idempotency-Key is answered, and not done again."""

from datetime import datetime
from typing import Any, Protocol
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


class Command(Protocol):
    """A write that is told the id under which it runs. It may give the id of what it made."""

    def __call__(self, *, command_id: UUID) -> object: ...


def once(request: Request, command: Command) -> UUID:
    """Run this write, unless its actor's key is remembered: then it was run, though it may have found nothing to write.

    Call it once a request, and answer with what stands afterwards. The key is kept in the command's own transaction, so
    that one which was refused or failed may come again.

    Returns:
        The id of what the command made, where it gives one, else the command's own; the same when it comes again.

    Raises:
        KeyReused: the key came before with another method, path or body.
        ValidationError: the key is empty, too long or not printable ASCII.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return _run(command, uuid4())
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise ValidationError({HEADER: [f"1 to {LONGEST} printable ASCII characters"]})
    key_id = uuid5(NAMESPACE_URL, f"attune:{request.user.pk}:{key}")
    # Keyed, because a bare hash of a short answer or note could be guessed back.
    digest = blind.exact("access.used_key.request", f"{request.method} {request.get_full_path()} {_body(request)}")
    use, first = _use(key_id, digest)
    if bytes(use.digest) != digest:
        raise KeyReused
    # The store knows a command for ever. With the moment, a key that comes again after it was forgotten, perhaps with
    # another body, is a new command: else it would be answered as if it had run, and nothing be written.
    command_id = uuid5(key_id, use.used_at.isoformat())
    if first:
        use.made = _run(command, command_id)
        use.save(update_fields=["made"])
    return use.made or command_id


def forget_before(moment: datetime) -> int:
    """Drop keys used before then, which are as good as new afterwards. Returns how many."""
    dropped, _ = UsedKey.objects.filter(used_at__lt=moment).delete()
    return dropped


def _run(command: Command, command_id: UUID) -> UUID:
    made = command(command_id=command_id)
    return made if isinstance(made, UUID) else command_id


def _use(key_id: UUID, digest: bytes) -> tuple[UsedKey, bool]:
    """The use that this key is remembered for, and whether it is this one: the key is new or was forgotten."""
    try:
        with transaction.atomic():
            return UsedKey.objects.create(id=key_id, digest=digest), True
    except IntegrityError:
        return UsedKey.objects.get(id=key_id), False


def _body(request: Request) -> str:
    data: Any = request.data
    return repr(sorted(data.items())) if hasattr(data, "items") else repr(data)
