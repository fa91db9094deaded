"""Queries about accounts. Addresses and names are opened here, for their owner and for staff only."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from access.models import Assignment
from access.roles import Role
from apps.accounts.invitations import CLINICIANS
from apps.accounts.middleware import outlasted
from apps.accounts.models import Invitation, User
from apps.accounts.rows import LOGIN_COLUMN, NAME_COLUMN, login_index
from apps.accounts.sign_in import SIGNED_IN_AT
from eventstore.actor import Actor
from vault import columns


def login_of(user: User) -> str:
    """The address that the user signs in with; "" for an erased account.

    Raises:
        KeyUnavailable: retry.
    """
    if user.login_sealed is None:
        return ""
    return str(columns.open(user.subject_id, user.login_sealed, column=LOGIN_COLUMN))


def name_of(user: User) -> str:
    """What the user wants to be called; "" where nothing was given. Raises as `login_of`."""
    if user.name_sealed is None:
        return ""
    return str(columns.open(user.subject_id, user.name_sealed, column=NAME_COLUMN))


def staff_names(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of those of these users who are staff, as a patient may read who saw a record; patients aren't named."""
    staff = User.objects.filter(pk__in=set(user_ids)).exclude(role=Role.PATIENT.value)
    return {user.id: name_of(user) or user.role for user in staff}


def clinicians() -> dict[UUID, str]:
    """Those who may treat: open accounts of providers and supervisors, by name."""
    rows = User.objects.filter(role__in=[role.value for role in CLINICIANS], is_active=True)
    named = staff_names(rows.values_list("pk", flat=True))
    return dict(sorted(named.items(), key=lambda one: one[1].casefold()))


def untreated(at: datetime) -> list[UUID]:
    """Patients with an open account on no caseload of an open account then. What they write is on nobody's page."""
    patients = User.objects.filter(role=Role.PATIENT.value, is_active=True)
    return sorted(patients.exclude(pk__in=_treating(at).values("patient_id")).values_list("pk", flat=True))


def left_by(closing: Collection[UUID], at: datetime) -> list[UUID]:
    """Patients whom somebody treats then, and nobody would, were these accounts closed; none whose own is closed."""
    patients = User.objects.filter(role=Role.PATIENT.value, is_active=True).exclude(pk__in=closing)
    theirs, others = _treating(at).filter(provider__in=closing), _treating(at).exclude(provider__in=closing)
    left = patients.filter(pk__in=theirs.values("patient_id")).exclude(pk__in=others.values("patient_id"))
    return sorted(left.values_list("pk", flat=True))


def is_treated(patient_id: UUID, at: datetime) -> bool:
    """Whether the patient is on a caseload of an open account then: only so may a page say that somebody sees."""
    return _treating(at).filter(patient_id=patient_id).exists()


def treated(at: datetime) -> dict[tuple[UUID, UUID], datetime]:
    """Until when, by patient and clinician: the entries of caseloads then, of clinicians with an open account.

    Patients whose account is closed are among them: their charts stay open to the clinician until the entry ends.
    """
    ordered = _treating(at).order_by("patient_id", "provider_id", "ends_at")
    rows = ordered.values_list("patient_id", "provider_id", "ends_at")
    return {(patient, provider): until for patient, provider, until in rows}


def _treating(at: datetime) -> QuerySet[Assignment]:
    there = User.objects.filter(is_active=True).values("pk")
    return Assignment.objects.filter(starts_at__lte=at, ends_at__gt=at, provider__in=there)


def user_with_login(login: str) -> User | None:
    """For commands on a terminal; pages never tell whether a login exists."""
    return User.objects.filter(login_index=login_index(login)).first()


def is_patient(user_id: UUID) -> bool:
    """Whether this account is a patient's, open or not."""
    return User.objects.filter(pk=user_id, role=Role.PATIENT.value).exists()


def actor_of(user_id: UUID) -> Actor | None:
    """The actor of an account that can act now, or None."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user.actor if user else None


def session_is_live(session_key: str, user_id: UUID) -> bool:
    """Whether this user is still signed in with this session: a live socket asks every few seconds."""
    row = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).first()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if row is None or user is None:
        return False
    held = row.get_decoded()
    same_user = held.get(SESSION_KEY) == str(user_id)
    same_hash = constant_time_compare(held.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return same_user and same_hash and not outlasted(held.get(SIGNED_IN_AT))


def invitations_by(actor: Actor) -> list[Invitation]:
    """The invitations that this person made, newest first, a hundred at most."""
    return list(Invitation.objects.filter(invited_by=actor.id).order_by("-created_at")[:100])
