"""The clinician's side: who needs a person first, one patient's chart, and the alerts that only people clear."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "apps.providers"
    label = "providers"

    def ready(self) -> None:
        from apps.providers import helping, projections, reading

        projections.register()
        reading.register()
        helping.register()
