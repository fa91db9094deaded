"""Closing and reopening accounts in Django's administration: who is meant, and what follows, is read first."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.asker import asker
from apps.accounts import commands, naming, selectors
from apps.accounts.errors import LastAdministrator
from apps.accounts.models import User

CONFIRMED: Final = "confirmed"
REASON: Final = "administration"
Chosen = QuerySet[User]
ModelAdmin = admin.ModelAdmin[User]


@admin.action(description=gettext_lazy("Close the chosen accounts"))
def close(model_admin: ModelAdmin, request: HttpRequest, chosen: Chosen) -> HttpResponse | None:
    users = list(chosen.filter(is_active=True))
    left = selectors.left_by([user.id for user in users], timezone.now())
    if CONFIRMED not in request.POST:
        title = _("Close these accounts?")
        return _ask(model_admin, request, "close", title, users, left=len(left), closing=True)
    try:
        with transaction.atomic():
            for user in users:
                commands.close_account(user.id, reason=REASON, actor=asker(request))
    except LastAdministrator:
        messages.error(request, _("Nothing was closed: no administrator would be left. Invite another one first."))
        return None
    count = len(users)
    messages.success(request, ngettext("%(n)d account is closed.", "%(n)d accounts are closed.", count) % {"n": count})
    if left:
        messages.warning(request, _("Nobody treats %(n)d of the patients now. See /treating/.") % {"n": len(left)})
    return None


@admin.action(description=gettext_lazy("Reopen the chosen accounts"))
def reopen(model_admin: ModelAdmin, request: HttpRequest, chosen: Chosen) -> HttpResponse | None:
    users = list(chosen.filter(is_active=False, login_index__isnull=False))  # an erased account has no login
    if CONFIRMED not in request.POST:
        return _ask(model_admin, request, "reopen", _("Reopen these accounts?"), users, closing=False)
    for user in users:
        commands.reopen_account(user.id, reason=REASON, actor=asker(request))
    count = len(users)
    messages.success(request, ngettext("%(n)d account is open.", "%(n)d accounts are open.", count) % {"n": count})
    return None


def _ask(
    model_admin: ModelAdmin, request: HttpRequest, action: str, title: str | Promise, users: list[User], **facts: Any
) -> HttpResponse | None:
    """The page names each account, and sends these alone: who has joined the list since was not read."""
    if not users:
        messages.warning(request, _("None of these accounts can be changed so: they stand like that already."))
        return None
    context = {
        **model_admin.admin_site.each_context(request), "opts": model_admin.model._meta, "title": title,
        "action": action, "checkbox": ACTION_CHECKBOX_NAME, "confirmed": CONFIRMED,
        "accounts": [{"id": user.id, "short": naming.short(user.id), "name": naming.staff_name(user), "role": user.role,
                      "is_own": user.pk == request.user.pk} for user in users],
        **facts,
    }  # fmt: skip
    return TemplateResponse(request, "admin/accounts/confirm.html", context)
