"""Secrets in links: 256 random bits, shown once; only a digest is kept, which needs no salt at that entropy."""

import hashlib
import secrets


def fresh() -> str:
    """43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """32 bytes to look the link up by."""
    return hashlib.sha256(token.encode()).digest()
