"""`manage.py open_administrator EMAIL --name NAME`: opens the first account, from which all others are invited."""

import sys
from getpass import getpass
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables

from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.errors import LoginTaken
from apps.accounts.forms import JoinForm

NO: Final = 1
WRONG_USE: Final = 2


class Command(BaseCommand):
    help = "Opens an administrator's account. The password is asked for, or read from the first line of a pipe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", metavar="EMAIL", help="what they sign in with")
        parser.add_argument("--name", required=True, help="what colleagues and patients read where they looked")

    @sensitive_variables()
    def handle(self, *_: object, login: str, name: str, **options: Any) -> None:
        """Exit status: 0 opened, 1 somebody has this login, 2 what was typed is no address, name or safe password."""
        typed = JoinForm({"login": login, "name": name, "password": _password()})
        if not typed.is_valid():
            wrong = " ".join(str(error) for errors in typed.errors.values() for error in errors)
            raise CommandError(wrong, returncode=WRONG_USE)
        asked = typed.cleaned_data
        try:
            user = create_user(asked["login"], asked["password"], Role.ADMINISTRATOR, name=asked["name"])
        except LoginTaken:
            raise CommandError("an account has this address", returncode=NO) from None
        self.stdout.write(f"opened {user.id}")


def _password() -> str:
    """Never an argument: those stand in the shell's history and in every list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise CommandError("these are two passwords", returncode=WRONG_USE)
    return password
