"""`/admin/`: for administrators, signed in like everybody else, without any clinical model."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from access.roles import Role


class AttuneAdminSite(AdminSite):
    site_header = _("Attune: accounts")
    site_title = _("Attune")
    index_title = _("Accounts")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_active and user.role == Role.ADMINISTRATOR

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """No second way in that would go round the tallies and the trail."""
        return redirect_to_login(request.GET.get("next", "/admin/"), "accounts:sign_in")
