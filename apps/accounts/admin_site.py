"""`/admin/`: for administrators, signed in like everybody else, without any clinical model."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from access.roles import Role
from apps.accounts import views


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

    # The stubs promise Django's own pages, which these three stand in for.
    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """The same way out as everywhere, which is recorded."""
        return views.sign_out(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """A new password is asked for by mail, as by everybody else. Django's own form records nothing, and saves the
        whole row as it was read: it could undo a closing of the same moment.
        """
        return redirect("accounts:recover")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("accounts:recover")
