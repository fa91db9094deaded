"""For real patients. Refuses to load with anything that is only good for trying."""

from config import environment as env
from config.settings import base, databases, gather, logs, messaging, product, refusals, security

globals().update(gather(base, databases, logs, messaging, product, security))

SECRET_KEY = env.required("ATTUNE_SECRET_KEY")
env.required("ATTUNE_ALLOWED_HOSTS")  # those of a trial are no default here
ALLOWED_HOSTS = env.listed("ATTUNE_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

SESSION_COOKIE_NAME = "__Host-attune_session"
CSRF_COOKIE_NAME = "__Host-attune_csrf"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.switch("ATTUNE_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("ATTUNE_EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("ATTUNE_EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("ATTUNE_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("ATTUNE_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.switch("ATTUNE_EMAIL_TLS")
# Of each wait for the mail server. Django sets none, and a server that accepts and stays silent would hold the worker
# `default`, which also shows vetted scenes when a picture is late.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("ATTUNE_EMAIL_FROM", "attune@localhost")
ATTUNE_REFUSES_DEMO_ACCOUNTS = True
# Drafts are for the organisation to allow, on record (/templates/); no setting can.
ATTUNE_DEMANDS_APPROVED = True

refusals.refuse_trial_values(
    debug=env.switch("ATTUNE_DEBUG"),
    secret_key=SECRET_KEY,
    kek=product.ATTUNE_KEK,
    kek_file=product.ATTUNE_KEK_FILE,
    owner_url=env.text("DATABASE_OWNER_URL"),
    process=messaging.ATTUNE_PROCESS,
    demo_password=product.ATTUNE_DEMO_PASSWORD,
    public_url=product.ATTUNE_PUBLIC_URL,
)
