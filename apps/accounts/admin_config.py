"""Django's administration under our own site; stands in INSTALLED_APPS in place of django.contrib.admin."""

from django.contrib.admin.apps import AdminConfig


class AttuneAdminConfig(AdminConfig):
    default_site = "apps.accounts.admin_site.AttuneAdminSite"
