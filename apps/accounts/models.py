"""Accounts as rows: ids, roles, times, digests. An address exists only sealed and as a keyed digest.

These rows are written together with their events, not projected: a closed account must be closed at once.
"""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from access.roles import Role
from eventstore.actor import Actor

ROLES = [(role.value, role.value) for role in Role]


class UserManager(BaseUserManager["User"]):
    """Found by id only; `backend.LoginIndexBackend` knows how to find one by login."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(pk=UUID(username or ""))


class User(AbstractBaseUser):
    """One person with one role. A patient's id is the id of the patient's record."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    role = models.CharField(max_length=16, choices=ROLES)
    login_index = models.BinaryField(max_length=32, unique=True, null=True, editable=False)
    login_sealed = models.BinaryField(null=True, editable=False)
    name_sealed = models.BinaryField(null=True, editable=False)
    is_active = models.BooleanField(default=True)
    subject_id = models.UUIDField(null=True, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        db_table = "accounts_user"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                # Not null first: a comparison with null is unknown, and a check lets the unknown pass.
                condition=~models.Q(role=Role.PATIENT.value)
                | models.Q(subject_id__isnull=False, subject_id=models.F("id")),
                name="patient_is_subject",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def actor(self) -> Actor:
        return Actor(self.id, self.role)

    @property
    def is_staff(self) -> bool:
        """Whether Django's own administration opens. It shows no clinical model."""
        return self.is_active and self.role == Role.ADMINISTRATOR

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django compares it with the session's: raising the epoch ends all sessions, as a new password does."""
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac("attune.session", value, secret=secret, algorithm="sha256").hexdigest()


class Invitation(models.Model):
    """A single-use link to open one account. Only the link's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    user_id = models.UUIDField(help_text="the id that the account will have; a patient's record's id")
    role = models.CharField(max_length=16, choices=ROLES)
    invited_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_invitation"
        default_permissions = ()
        indexes = [models.Index(fields=["invited_by", "-created_at"], name="invitation_by")]

    def __str__(self) -> str:
        return str(self.id)


class RecoveryLink(models.Model):
    """A single-use link to choose a new password. Only the link's digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_digest = models.BinaryField(max_length=32, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_recovery_link"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.id)


class SignInTally(models.Model):
    """Failed sign-ins of one login or one network, by keyed digest; never by what was typed as a password."""

    key = models.BinaryField(max_length=32, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_sign_in_tally"
        default_permissions = ()
        indexes = [models.Index(fields=["last_failed_at"], name="tally_last_failed")]

    def __str__(self) -> str:
        return bytes(self.key).hex()[:8]


def subject_of(role: Role, user_id: UUID) -> UUID | None:
    """Whose key seals what belongs to this account: a patient's own, or the system's."""
    return user_id if role is Role.PATIENT else None
