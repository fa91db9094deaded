from django.apps import AppConfig


class EventstoreConfig(AppConfig):
    name = "eventstore"
    label = "eventstore"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from eventstore import erasure, vitals

        erasure.register_own()
        vitals.register()
