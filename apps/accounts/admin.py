"""Accounts: who of the staff, role, state, times; a patient's id alone. No address, no clinical content; changes go
through commands.
"""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts import naming
from apps.accounts.closing import close, reopen
from apps.accounts.models import User

# Roles are fixed and grants are objects' matter: groups mean nothing here.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("short_id", "name", "role", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active")
    fields = ("id", "name", "role", "is_active", "created_at", "last_login")
    readonly_fields = fields
    search_fields = ("id",)
    ordering = ("-created_at",)
    actions = (close, reopen)

    @admin.display(description=_("id"))
    def short_id(self, user: User) -> str:
        return naming.short(user.id)

    @admin.display(description=_("name (of staff)"), empty_value="–")
    def name(self, user: User) -> str | None:
        return naming.staff_name(user) or None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return admin.site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
