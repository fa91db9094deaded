"""Accounts by id: role, state, times. No address, no clinical content; changes go through commands."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access.asker import asker
from apps.accounts import commands
from apps.accounts.models import User

# Roles are fixed and grants are objects' matter: groups mean nothing here.
admin.site.unregister(Group)


@admin.action(description=_("Close the chosen accounts"))
def close(_model_admin: admin.ModelAdmin[User], request: HttpRequest, chosen: QuerySet[User]) -> None:
    for user in chosen:
        commands.close_account(user.id, reason="administration", actor=asker(request))


@admin.action(description=_("Reopen the chosen accounts"))
def reopen(_model_admin: admin.ModelAdmin[User], request: HttpRequest, chosen: QuerySet[User]) -> None:
    for user in chosen:
        commands.reopen_account(user.id, reason="administration", actor=asker(request))


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("id", "role", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active")
    fields = ("id", "role", "is_active", "created_at", "last_login")
    readonly_fields = fields
    search_fields = ("id",)
    ordering = ("-created_at",)
    actions = (close, reopen)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return admin.site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False
