"""The patient's own pages: what is due, what they agreed to, who saw their record, and help."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "apps.portal"
    label = "portal"
