"""Registers what the app shows and answers on its socket."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """The label differs from the folder because Django's own sessions hold that label."""

    name = "apps.sessions"
    label = "care_sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.sessions import forgetting, messages, projections, shown

        shown.register()
        messages.register()
        projections.register()
        forgetting.register()
