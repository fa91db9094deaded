"""Which database holds what."""

from django.apps import apps

from config.routers import KeysApart

ROUTER = KeysApart()


def test_only_keys_live_in_the_key_database() -> None:
    for model in apps.get_models():
        expected = "keys" if model._meta.app_label == "vault" else "default"
        assert ROUTER.db_for_read(model) == ROUTER.db_for_write(model) == expected


def test_the_apps_own_alias_is_never_migrated() -> None:
    labels = {config.label for config in apps.get_app_configs()}
    assert not [label for label in labels if ROUTER.allow_migrate("default", label)]
    assert ROUTER.allow_migrate("keys", "vault")
    assert not ROUTER.allow_migrate("owner", "vault")
    assert not ROUTER.allow_migrate("keys", "accounts")
