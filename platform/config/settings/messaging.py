"""Valkey: Celery's wake-ups and the frame mailboxes. Nothing that may not be lost.

There is no channel layer: sockets follow the log, and workers answer on one channel a web process.
"""

from config import environment as env
from config.settings.base import present

ATTUNE_REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")

# Which modules a worker loads: the frames worker must never see diffusers, so it gets its own list.
ATTUNE_WORKER_MODULES = {
    "frames": ["apps.sessions.tasks"],
    "images": ["apps.imagery.tasks", "apps.providers.tasks"],
    "default": [
        "eventstore.tasks",
        "apps.sessions.tasks",
        "apps.accounts.tasks",
        "apps.imagery.tasks",
        "apps.patients.tasks",
        "apps.assessments.tasks",
        "apps.providers.tasks",
        "apps.audit.tasks",
        "apps.studies.tasks",
    ],
}
ATTUNE_PROCESS = env.text("ATTUNE_PROCESS", "cli")
CELERY_IMPORTS = present(*ATTUNE_WORKER_MODULES.get(ATTUNE_PROCESS, []))

CELERY_BROKER_URL = ATTUNE_REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ROUTES = {"sessions.*": {"queue": "frames"}, "imagery.*": {"queue": "images"}}
# The durable queue is the database's: a wake-up that is lost is sent again by the sweeper, so nothing is kept here.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 1
# No child processes: what a worker has loaded, on a GPU above all, does not survive a fork.
CELERY_WORKER_POOL = "solo"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": "attune.celery.",
    "socket_timeout": 30,
    "visibility_timeout": 3600,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "finish erasures that were cut off": {
        "task": "eventstore.finish_erasures",
        "schedule": 600.0,
        "options": {"queue": "default", "expires": 300},
    },
    "end sessions that nobody ended": {
        "task": "sessions.close_abandoned",
        "schedule": 600.0,
        "options": {"queue": "default", "expires": 300},
    },
    "read what could not be read": {
        "task": "providers.read_again",
        "schedule": 600.0,
        "options": {"queue": "default", "expires": 300},
    },
    "drop jobs that were done long ago": {
        "task": "eventstore.clear_jobs",
        "schedule": 3600.0,
        "options": {"queue": "default", "expires": 1800},
    },
    "drop links, tallies, keys and sessions that ran out": {
        "task": "accounts.tidy",
        "schedule": 3600.0,
        "options": {"queue": "default", "expires": 1800},
    },
}
