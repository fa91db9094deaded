"""What can go wrong behind the vault's door, and whether trying again helps."""


class VaultError(Exception):
    """Anything the vault refuses. `retry` says whether the same call may succeed later."""

    retry = False


class SubjectErased(VaultError):
    """The subject's keys were destroyed on purpose. Nothing of theirs will ever open again."""


class SubjectUnknown(VaultError):
    """No key was ever made for this subject: call `vault.keys.create(subject)` first."""


class KeyLost(VaultError):
    """The subject was not erased, yet the key that sealed these bytes is gone."""


class KeyUnavailable(VaultError):
    """The key database cannot be reached. Wait and retry."""

    retry = True


class Tampered(VaultError):
    """The bytes are not what was sealed, or were moved from where they were sealed."""


class Expired(VaultError):
    """A sealed hop is older than its reader allows."""


class BlobMissing(VaultError):
    """No file of that name: it was erased, or lost."""


class KekRefused(VaultError):
    """The key-encryption keys of this process are missing, malformed, wrong or retired. Refuse to start.

    A process that runs reads a changed key file again at the next use, so what follows the log waits for it.
    """
