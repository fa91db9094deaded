"""What a production installation must not have. Each is one line that says what to change."""

from urllib.parse import urlsplit

from config.environment import EnvironmentWrong

_SHORTEST_SECRET = 40
_KNOWN_KEKS = frozenset({"dGVzdC1vbmx5LXRlc3Qtb25seS10ZXN0LW9ubHktMzI="})  # the one that tests use


def refuse_trial_values(
    *,
    debug: bool,
    secret_key: str,
    kek: str,
    kek_file: str,
    owner_url: str,
    process: str,
    demo_password: str,
    public_url: str,
) -> None:
    """Raise EnvironmentWrong naming all that is wrong; retrying won't help."""
    wrong = {
        "ATTUNE_DEBUG must be off": debug,
        "ATTUNE_SECRET_KEY is too short or a test's": len(secret_key) < _SHORTEST_SECRET
        or secret_key.startswith("test-only"),
        "ATTUNE_KEK or ATTUNE_KEK_FILE must be set": not (kek or kek_file),
        "ATTUNE_KEK is the one that tests use": kek in _KNOWN_KEKS,
        "DATABASE_OWNER_URL is for migrations only, not for a serving process": bool(owner_url) and process != "cli",
        "ATTUNE_DEMO_PASSWORD must not be set": bool(demo_password),
        "ATTUNE_PUBLIC_URL must be set and begin with https:// (links in mails do)": not _is_public(public_url),
    }
    found = [line for line, is_so in wrong.items() if is_so]
    if found:
        raise EnvironmentWrong("production refuses to start: " + "; ".join(found))


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname)
