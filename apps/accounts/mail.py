"""What is mailed. The address leaves the vault for the length of one call."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.selectors import login_of


def send_recovery(user: User, token: str) -> None:
    """
    Raises:
        OSError, SMTPException: not sent; a retry makes a new link.
    """
    link = settings.ATTUNE_PUBLIC_URL.rstrip("/") + reverse("accounts:follow_recovery", args=[token])
    text = render_to_string("accounts/mail/recovery.txt", {"link": link, "minutes": 30})
    send_mail(_("Choose a new password for Attune"), text, settings.DEFAULT_FROM_EMAIL, [login_of(user)])
