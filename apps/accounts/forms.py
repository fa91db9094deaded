"""What people type to get in. Nothing typed here is logged or sent back, but the address."""

from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from access.roles import Role

ROLE_NAMES = {
    Role.PATIENT: _("Patient"),
    Role.PROVIDER: _("Provider"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
    Role.RESEARCHER: _("Researcher"),
}


def _rules() -> str:
    return " ".join(password_validators_help_texts())


class _Login(forms.EmailField):
    def __init__(self, **more: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(label=_("E-mail address"), max_length=254, widget=widget, **more)


class SignInForm(forms.Form):
    login = _Login()
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class RecoverForm(forms.Form):
    login = _Login()


class NewPasswordForm(forms.Form):
    """A password once, with a manager's help: typing it twice catches few slips and hinders many people."""

    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        help_text=lazy(_rules, str)(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class JoinForm(NewPasswordForm):
    name = forms.CharField(
        label=_("What should we call you?"),
        max_length=80,
        help_text=_("Your name, or another one. Only people who care for you see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    login = _Login(help_text=_("You will sign in with it. It is kept encrypted."))

    field_order = ("name", "login", "password")


class TreatingForm(forms.Form):
    patient = forms.ChoiceField(label=_("Patient"))
    provider = forms.ChoiceField(label=_("Who treats them"))

    def __init__(self, *args: Any, patients: list[tuple[str, str]], clinicians: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        _offer(self, patient=patients, provider=clinicians)


NOBODY: Final = "nobody"


class HandOverForm(forms.Form):
    entry = forms.ChoiceField(label=_("Whose treatment ends"))
    successor = forms.ChoiceField(
        label=_("Who goes on with it"),
        help_text=_("The one who treated them can't open the record any more as soon as this is saved."),
    )

    def __init__(self, *args: Any, entries: list[tuple[str, str]], clinicians: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        # Nothing is chosen beforehand: a slip would take a patient from the one who treats them.
        none, nobody = ("", _("Choose")), (NOBODY, _("Nobody: the treatment has ended"))
        _offer(self, entry=[none, *entries], successor=[none, *clinicians, nobody])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("successor") and given.get("entry", "").endswith(given["successor"]):
            self.add_error("successor", _("That is who treats them now. Choose somebody else, or nobody."))
        return given


class InviteForm(forms.Form):
    role = forms.ChoiceField(label=_("Whom do you invite?"))

    def __init__(self, *args: Any, roles: frozenset[Role], **more: Any) -> None:
        super().__init__(*args, **more)
        _offer(self, role=[(role.value, name) for role, name in ROLE_NAMES.items() if role in roles])


def _offer(form: forms.Form, **offered: list[tuple[str, Any]]) -> None:
    """Put the choices that are known only now into the fields of these names."""
    for name, choices in offered.items():
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells the type checker what the forms above say)
        field.choices = choices
