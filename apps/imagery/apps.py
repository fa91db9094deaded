"""Registers what the app follows, shows and answers."""

from django.apps import AppConfig


class ImageryConfig(AppConfig):
    """Pictures; follows sessions' events, which know nothing of it."""

    name = "apps.imagery"
    label = "imagery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.imagery import (
            illustration,
            messages,
            pair_projections,
            pairing,
            projections,
            scheduling,
            selectors,
            shown,
            vitals,
        )
        from apps.imagery.review_events import EXAMPLES, TEMPLATES
        from eventstore.store import register_system_category

        register_system_category(TEMPLATES, EXAMPLES)
        projections.register()
        pair_projections.register()
        scheduling.register()
        pairing.register()
        shown.register()
        messages.register()
        illustration.register()
        selectors.register()
        vitals.register()
