"""How the trail may be narrowed."""

from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from access.selectors import TrailFilter
from apps.accounts.selectors import is_patient, user_with_login

NOBODY = UUID(int=0)
LAST_DAY = date.max - timedelta(days=1)
"""A day reaches to the next one, and Python's calendar ends with the year 9999."""


class TrailForm(forms.Form):
    """GET parameters of the page and the API alike."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=254, help_text=_("Id or e-mail address"))
    patient = forms.UUIDField(label=_("Patient's id"), required=False)
    day = forms.DateField(
        label=_("Day (UTC)"),
        required=False,
        validators=[MaxValueValidator(LAST_DAY)],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def wanted(self) -> TrailFilter:
        """The filter; valid forms only."""
        given = self.cleaned_data
        return TrailFilter(_actor_id(given["actor"]), given["patient"], given["day"])

    def asked_by(self) -> UUID | None:
        """The patient whose account stands under "Who", if it is one; valid forms only."""
        actor_id = _actor_id(self.cleaned_data["actor"])
        return actor_id if actor_id and is_patient(actor_id) else None


def _actor_id(text: str) -> UUID | None:
    """An id as it stands, an address as its account's id; an address of nobody finds nothing."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        user = user_with_login(text)
        return user.id if user else NOBODY
