"""`manage.py sealer`: seals the log and drives all that follows it, until it is told to stop."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from eventstore.service import Service


class Command(BaseCommand):
    help = "Seal the log, run projections and subscriptions, wake workers. One works, others stand by."

    def handle(self, *args: Any, **options: Any) -> None:
        service = Service()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: service.stop())
        service.run()
