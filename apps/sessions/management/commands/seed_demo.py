"""`manage.py seed_demo`: demonstration accounts and, if asked, patients with a made-up past."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from access.context import asking
from apps.sessions.demo.past import live_through
from apps.sessions.demo.people import MOST_PATIENTS, SETUP, DemoRefused, make_patient, make_people


class Command(BaseCommand):
    help = "Demonstration accounts (…@demo.example), one password; more patients with made-up sessions, if asked."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=1, help="demonstration patients in all (default 1)")
        parser.add_argument("--events", type=int, default=0, help="about how many events of past sessions a patient")

    def handle(self, *_: Any, **options: Any) -> None:
        patients, events = options["patients"], options["events"]
        if not 1 <= patients <= MOST_PATIENTS or events < 0:
            raise CommandError(f"--patients 1 to {MOST_PATIENTS}, --events 0 or more", returncode=2)
        try:
            demo = make_people()
        except DemoRefused as refused:
            raise CommandError(str(refused)) from None
        provider = demo.users["provider@demo.example"]
        patient_ids = [demo.users["patient@demo.example"]]
        patient_ids += [make_patient(number, provider) for number in range(2, patients + 1)]
        now = timezone.now()
        for seed, patient_id in enumerate(patient_ids if events else []):
            with asking(SETUP, route="seed_demo"):
                live_through(patient_id, events=events, until=now, seed=seed)
        self.stdout.write(f"demonstration accounts: {', '.join(demo.users)}\npassword: {demo.password}")
