"""What every page's template may ask of its reader."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from access.roles import Role
from apps.accounts.selectors import is_treated


def treatment(request: HttpRequest) -> dict[str, Any]:
    """`has_no_clinician`: the reader is a patient whom nobody treats now. Asked once, where a template asks."""

    @cache
    def has_no_clinician() -> bool:
        reader = request.user
        return (
            reader.is_authenticated and reader.role == Role.PATIENT.value and not is_treated(reader.pk, timezone.now())
        )

    return {"has_no_clinician": has_no_clinician}
