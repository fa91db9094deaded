"""Django itself: which apps, middleware, templates, languages and files."""

from importlib.util import find_spec

import django_stubs_ext

from access.api import defaults as api
from config import environment as env

_ONLY = env.listed("ATTUNE_ONLY")  # while the house is being built: rooms that can already be entered

django_stubs_ext.monkeypatch()  # Django's generic classes take their parameter at run time too: ModelAdmin[User]


def present(*modules: str) -> list[str]:
    wanted = [name for name in modules if not _ONLY or any(name.startswith(f"{room}.") for room in _ONLY)]
    return [name for name in wanted if _exists(name)]


def _exists(dotted: str) -> bool:
    if dotted.rpartition(".")[2][0].isupper():
        dotted = dotted.rpartition(".")[0]
    try:
        return find_spec(dotted) is not None
    except ModuleNotFoundError:
        return False


BASE_DIR = env.ROOT
DEBUG = False
SECRET_KEY = env.text("ATTUNE_SECRET_KEY")
ALLOWED_HOSTS = env.listed("ATTUNE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ATTUNE_PLATFORM = [name.removesuffix(".apps") for name in present("vault.apps", "eventstore.apps", "access.apps")]
ATTUNE_APPS = [
    name.removesuffix(".apps")
    for name in present(
        "apps.accounts.apps",
        "apps.patients.apps",
        "apps.sessions.apps",
        "apps.assessments.apps",
        "apps.exercises.apps",
        "apps.imagery.apps",
        "apps.portal.apps",
        "apps.providers.apps",
        "apps.audit.apps",
        "apps.studies.apps",
    )
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "csp",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *ATTUNE_PLATFORM,
    *ATTUNE_APPS,
    *present("apps.accounts.admin_config.AttuneAdminConfig"),
]

MIDDLEWARE = [
    "config.health.HealthFirst",
    "django.middleware.security.SecurityMiddleware",
    "config.headers.Headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.time_zone.LocalTime",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *(["apps.accounts.middleware.SessionLimits"] if present("apps.accounts.middleware") else []),
    *(["access.middleware.AskingMiddleware"] if present("access.middleware") else []),
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.crisis",
                "apps.accounts.context.treatment",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# Where the browser does not say its own.
TIME_ZONE = env.text("ATTUNE_TIME_ZONE", "UTC")

REST_FRAMEWORK = api.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api.SPECTACULAR_SETTINGS

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# Object grants are read by `access` alone, never through user.has_perm.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
