from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import access.api.schema  # noqa: F401  (registers itself with the schema's generator)
        from access.erasure import register_own
        from access.projections import AccessTrail
        from eventstore.projection import register_projection
        from eventstore.store import register_system_category
        from eventstore.verification import register_audit_category

        # Both name many patients, by id alone.
        register_system_category("access", "caseload")
        register_audit_category("access")
        register_projection(AccessTrail)
        register_own()
