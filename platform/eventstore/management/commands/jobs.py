"""`manage.py jobs`: lists the jobs that failed three times or were dropped, and runs one again or drops it."""

from argparse import ArgumentParser
from typing import Any, Final
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from eventstore import jobs
from eventstore.models import Job

NO: Final = 1
WRONG_USE: Final = 2


class Command(BaseCommand):
    help = "Lists dead and dropped jobs, each with what failed and the ids it is about, and nothing of what they hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--retry", metavar="ID", help="give this dead or dropped job three new attempts")
        what.add_argument("--drop", metavar="ID", help="try this dead job no more: what it is for stays undone")

    def handle(self, *_: object, retry: str | None, drop: str | None, **options: Any) -> None:
        """Exit status: 0 done or listed, 1 no such job has that id, 2 wrong use."""
        if retry is not None:
            self._do(jobs.revive(_uuid(retry)), f"{retry} waits for a worker again")
        elif drop is not None:
            self._do(jobs.drop(_uuid(drop)), f"{drop} is dropped")
        else:
            self._list()

    def _do(self, done: bool, said: str) -> None:
        if not done:
            raise CommandError("no job that was given up has this id", returncode=NO)
        self.stdout.write(said)

    def _list(self) -> None:
        for job in jobs.given_up():
            self.stdout.write(_line(job))
        self.stdout.write(", ".join(f"{number} {status}" for status, number in jobs.counts().items()))


def _line(job: Job) -> str:
    since = job.finished_at.isoformat(timespec="seconds") if job.finished_at else "?"
    about = " ".join(f"{name}={value}" for name, value in sorted(job.ids.items()))
    return f"{job.id} {job.status} {job.kind} {job.problem or '?'} since {since} {about}".rstrip()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandError("a job's id is a UUID", returncode=WRONG_USE) from None
