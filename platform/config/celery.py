"""The Celery application. The database is the queue of record; Celery only wakes workers up (docs/adr)."""

from celery import Celery

app = Celery("attune")
app.config_from_object("django.conf:settings", namespace="CELERY")
