from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.accounts.commands import erase_account
        from apps.accounts.models import Invitation, RecoveryLink, SignInTally, User
        from eventstore.erasure import register_eraser, register_free_of_patient_data
        from eventstore.store import register_system_category

        # Staff are nobody's patient; a patient's own stream names its subject all the same.
        register_system_category("user")
        register_eraser("accounts", erase_account, (User, Invitation, RecoveryLink))
        register_free_of_patient_data(SignInTally._meta.db_table, "keyed digests and counts, dropped after two days")
