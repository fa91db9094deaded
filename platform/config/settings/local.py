"""One machine, for trying and developing. Reads what the local stack wrote about itself (`var/stack.env`)."""

import secrets

from config.environment import load_file, var_dir
from config.settings import gather

load_file(var_dir() / "stack.env")

from config.settings import base, databases, logs, messaging, product, security  # noqa: E402  (read the environment)

globals().update(gather(base, databases, logs, messaging, product, security))

# Without a stack there is nothing to sign for, but commands such as makemigrations must run.
SECRET_KEY = base.SECRET_KEY or secrets.token_urlsafe(48)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = product.ATTUNE_VAR / "mail"
# Straight from static/: nothing to collect, and a saved file shows at once.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
