"""Work of the default worker: mailing links, and clearing away what has run out."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from access.api import idempotency
from apps.accounts.mail import send_recovery
from apps.accounts.models import Invitation, RecoveryLink, SignInTally, User
from apps.accounts.recovery import JOB, make_link
from eventstore import jobs
from vault.errors import KeyUnavailable

LEASE_S = 60
KEEP = timedelta(days=30)


@shared_task(name=JOB)
def mail_recovery(job_id: str) -> None:
    """Mail a recovery link to the account that the job names; nobody's id is a job done."""
    claim = jobs.claim(UUID(job_id), LEASE_S)
    if claim is None:
        return
    user = User.objects.filter(pk=claim.ids["user_id"], is_active=True).first()
    try:
        if user is not None:
            send_recovery(user, make_link(user))
    except (OSError, KeyUnavailable) as failure:  # SMTP's exceptions are OSErrors
        jobs.fail(claim, type(failure).__name__, retry_after_s=30)
        return
    jobs.finish(claim)


@shared_task(name="accounts.tidy")
def tidy() -> None:
    """Drop links, tallies, keys and sessions that are over; each event of theirs stays in the log."""
    now = timezone.now()
    RecoveryLink.objects.filter(expires_at__lt=now - KEEP).delete()
    Invitation.objects.filter(expires_at__lt=now - KEEP).delete()
    SignInTally.objects.filter(Q(last_failed_at__lt=now - timedelta(days=2)) | Q(last_failed_at=None)).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    idempotency.forget_before(now - timedelta(days=1))
