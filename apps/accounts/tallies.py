"""Slows guessing down: failures are counted by login and by network, each by keyed digest, and waits double.

Kept in the database, not in a process or cache, and never by the password that was tried: someone who tries a thousand
passwords on one login meets one tally.
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import SignInTally
from vault import blind


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; then 1 s, 2 s, 4 s … up to `longest`; `forget` after the last, all is forgiven.

    Where there is a `leak`, one failure is forgiven each time that long has passed.
    """

    free: int
    longest: timedelta
    forget: timedelta = timedelta(hours=24)
    leak: timedelta | None = None

    def wait(self, failures: int) -> timedelta:
        if failures < self.free:
            return timedelta(0)
        return min(self.longest, timedelta(seconds=2 ** min(failures - self.free, 20)))

    def left(self, failures: int, since: timedelta) -> tuple[int, timedelta]:
        """How many still count that long after the last one, and the time that has not forgiven one yet."""
        if since > self.forget:
            return 0, timedelta(0)
        if self.leak is None:
            return failures, timedelta(0)
        forgiven, rest = divmod(since, self.leak)
        return max(0, failures - forgiven), rest


LOGIN = Limit(free=5, longest=timedelta(minutes=15))
# Somebody in a clinic mistypes each day, so `forget` never comes, and weeks of slips would lock everybody out.
NETWORK = Limit(free=50, longest=timedelta(minutes=5), leak=timedelta(minutes=1))
RECOVERY = Limit(free=3, longest=timedelta(hours=1))


def key(kind: str, value: str) -> bytes:
    """Where this login or network is counted. 32 bytes, keyed; nobody reads the value back."""
    return blind.index(f"accounts.tally.{kind}", value)


def network_of(address: str) -> str:
    """The block that an address belongs to: /24 of IPv4, /64 of IPv6; "" for something that is no address."""
    try:
        length = 24 if ip_address(address).version == 4 else 64
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{length}", strict=False))


def hold(tally: bytes) -> timedelta | None:
    """Lock the tally until the transaction ends, so that guesses at one login queue up. The wait left, or None."""
    SignInTally.objects.bulk_create([SignInTally(key=tally)], ignore_conflicts=True)
    return _wait_left(SignInTally.objects.select_for_update().get(key=tally))


def look(tally: bytes) -> timedelta | None:
    """The wait left, or None, without locking: one network may be a whole clinic."""
    row = SignInTally.objects.filter(key=tally).first()
    return _wait_left(row) if row else None


def failed(tally: bytes, limit: Limit) -> None:
    """Count one failure and lock the tally for as long as the limit says."""
    SignInTally.objects.bulk_create([SignInTally(key=tally)], ignore_conflicts=True)
    with transaction.atomic():
        row = SignInTally.objects.select_for_update().get(key=tally)
        now = timezone.now()  # once the row is ours, or a failure that waited for it would come before the last one
        left, rest = limit.left(row.failures, max(timedelta(0), now - (row.last_failed_at or now)))
        row.failures = left + 1
        row.last_failed_at = now - rest
        row.locked_until = now + limit.wait(row.failures)
        row.save()


def cleared(tally: bytes) -> None:
    """Forgive all failures. The row stays: whoever waits for it in `hold` would find nothing there.

    Its time is that of a failure, so that it is tidied away like the others.
    """
    SignInTally.objects.filter(key=tally).update(failures=0, locked_until=None, last_failed_at=timezone.now())


def _wait_left(row: SignInTally) -> timedelta | None:
    left = row.locked_until - timezone.now() if row.locked_until else timedelta(0)
    return left if left > timedelta(0) else None
