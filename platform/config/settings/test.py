"""For pytest. Servers, names and passwords are the test session's own; tests/conftest.py starts what a test asks for."""

from config.settings import gather
from config.settings import base, databases, logs, messaging, product, security

globals().update(gather(base, databases, logs, messaging, product, security))

SECRET_KEY = "test-only-" + "k" * 40
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Argon2's cost is what an attacker should pay, not each test that signs someone in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.Argon2PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ATTUNE_KEK = "dGVzdC1vbmx5LXRlc3Qtb25seS10ZXN0LW9ubHktMzI="  # base64 of 32 known bytes; production refuses it
