"""The key database's tables. They hold wrapped keys and nothing about anybody but an id."""

from django.db import models


class KeyEncryptionKey(models.Model):
    """A version of the key-encryption key that was ever used: recognised by a derived value, never the key itself."""

    version = models.IntegerField(primary_key=True)
    check_value = models.BinaryField()
    first_used_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"kek {self.version}"


class Subject(models.Model):
    """Someone (or the system) who has or had data keys. The row outlives the keys: erased is not unknown."""

    id = models.UUIDField(primary_key=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class WrappedKey(models.Model):
    """A data key, wrapped. Deleted, not marked, when its subject is erased."""

    id = models.UUIDField(primary_key=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="keys")
    generation = models.IntegerField()
    kek_version = models.IntegerField(db_index=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "generation"], name="one_key_a_generation")]

    def __str__(self) -> str:
        return str(self.id)
