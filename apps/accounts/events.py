"""What happens to an account. No event carries an address, a password or a token."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from eventstore.event import event


@event("account.invited.v1")
class AccountInvited:
    """Someone may open this account, once, with this role, until then."""

    invitation_id: UUID
    role: str
    invited_by: UUID
    expires_at: datetime


@event("account.opened.v1")
class AccountOpened:
    """The account exists and can sign in. `invitation_id` is None where set-up made it."""

    role: str
    invitation_id: UUID | None


@event("account.signed_in.v1")
class SignedIn:
    """`network` is a keyed digest of the address block, to tell one from another and nothing else."""

    network: bytes


@event("account.signed_out.v1")
class SignedOut:
    reason: Literal["asked", "too_long"]


@event("account.sign_in_refused.v1")
class SignInRefused:
    """Also written for a login that nobody has, on a stream of its own, so that both cost the same."""

    network: bytes


@event("account.recovery_asked.v1")
class RecoveryAsked:
    link_id: UUID
    expires_at: datetime


@event("account.password_changed.v1")
class PasswordChanged:
    """All sessions of before ended with it."""

    by: Literal["recovery", "owner", "setup"]


@event("account.closed.v1")
class AccountClosed:
    """Cannot sign in any more; its sessions ended at once."""

    reason: str


@event("account.reopened.v1")
class AccountReopened:
    reason: str
