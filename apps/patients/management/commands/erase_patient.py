"""`manage.py erase_patient ID --reason … --approved-by …`: destroys a patient's keys and drops what they opened."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from django.http import Http404

from apps.accounts.selectors import actor_of, user_with_login
from apps.patients.aggregate import PatientUnknown
from apps.patients.erasing import erase_patient
from eventstore.actor import Actor
from eventstore.errors import WrongExpectedVersion
from vault.errors import KeyUnavailable

NO = 1
WRONG_USE = 2
UNFINISHED = (KeyUnavailable, OperationalError, InterfaceError, WrongExpectedVersion, OSError)


class Command(BaseCommand):
    help = "Erases one patient for good. The log keeps that it happened, who approved it and why; nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("patient_id", help="the patient's id")
        parser.add_argument("--reason", required=True, help="why; kept in the log, so without personal data")
        parser.add_argument("--approved-by", required=True, help="an administrator's id or login")

    def handle(self, *args: object, **options: Any) -> None:
        patient_id = _uuid(options["patient_id"])
        if patient_id is None:
            raise CommandError("the patient's id is no UUID", returncode=WRONG_USE)
        reason = options["reason"].strip()
        if not reason:
            raise CommandError("a reason is needed", returncode=WRONG_USE)
        try:
            erase_patient(patient_id, reason=reason, approved_by=_approver(options["approved_by"]))
        except Http404:
            raise CommandError("this account may not erase anyone", returncode=NO) from None
        except PatientUnknown:
            raise CommandError("there is no patient of this id", returncode=NO) from None
        except UNFINISHED as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise CommandError(f"not finished, run it again: {why}", returncode=NO) from None
        self.stdout.write(f"erased {patient_id}")


def _approver(named: str) -> Actor:
    user_id = _uuid(named)
    if user_id is None:
        user = user_with_login(named)
        user_id = user.id if user else None
    actor = actor_of(user_id) if user_id else None
    if actor is None:
        raise CommandError("no such account to approve it", returncode=NO)
    return actor


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
