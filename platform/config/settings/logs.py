"""Logging: one line a record on standard error, without addresses, bodies or anything a user typed."""

from config import environment as env

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.PlainLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("ATTUNE_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "daphne": {"level": "INFO"},
        "celery.redirected": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}
