"""For pytest: servers, names and passwords of the session's own; tests/conftest.py starts what a test asks for."""

import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

from config.settings import gather

TEST_FOLDER = Path(tempfile.gettempdir()) / f"attune-test-{os.getpid()}"


def _database(role: str, name: str) -> str:
    return f"postgresql://{role}:test@:5432/{name}?host={quote(str(TEST_FOLDER / 's'), safe='')}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


os.environ["DATABASE_URL"] = _database("attune_app", "attune")
os.environ["DATABASE_OWNER_URL"] = _database("attune_migrator", "attune")
os.environ["KEYS_DATABASE_URL"] = _database("attune_keys", "attune_keys")
os.environ["REDIS_URL"] = f"redis://:test@127.0.0.1:{_free_port()}/0"

from config.settings import base, databases, logs, messaging, product, security  # noqa: E402  (read the environment)

globals().update(gather(base, databases, logs, messaging, product, security))

SECRET_KEY = "test-only-" + "k" * 40
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Argon2's cost is what an attacker should pay, not each test that signs someone in.
PASSWORD_HASHERS = ["apps.accounts.hashers.CheapArgon2"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ATTUNE_KEK = "dGVzdC1vbmx5LXRlc3Qtb25seS10ZXN0LW9ubHktMzI="  # base64 of 32 known bytes; production refuses it
ATTUNE_BLOB_DIR = str(TEST_FOLDER / "blobs")
ATTUNE_VAR = TEST_FOLDER / "var"
# Files are found where they lie: no collecting before a test, and no warning that nothing was collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ATTUNE_PAINTER_BEST_MS = 0  # the first picture is shown, however busy the machine; tests of choosing say otherwise
ATTUNE_PAIRED_CHOICE_SHARE = 0.0  # by chance for nobody; the tests of the paired choice say otherwise
