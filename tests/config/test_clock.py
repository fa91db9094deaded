"""What the clock asks for, somebody does: a name that no worker knows would be dropped without a word."""

from importlib import import_module

from celery import current_app
from django.conf import settings

from config.settings.base import present


def test_the_worker_of_its_queue_knows_each_task_of_the_clock() -> None:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        modules = present(*settings.ATTUNE_WORKER_MODULES[entry["options"]["queue"]])
        for module in modules:
            import_module(module)
        assert current_app.tasks[entry["task"]].__module__ in modules
