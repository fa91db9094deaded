"""Which database holds what: data keys in `keys`, all else in `default`; only `owner` and `keys` are migrated."""

from typing import Any

from django.db.models import Model

KEYS_LABELS = frozenset({"vault"})


class KeysApart:
    """Keeps data keys in a database of their own, and schema changes away from the app's role."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return "keys" if model._meta.app_label in KEYS_LABELS else "default"

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return self.db_for_read(model, **hints)

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool:
        return (first._meta.app_label in KEYS_LABELS) == (second._meta.app_label in KEYS_LABELS)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == ("keys" if app_label in KEYS_LABELS else "owner")
