"""Keys from keys: HKDF-SHA256, one label a purpose, so that no key serves two."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes that say nothing about `secret`, or about those of another purpose (RFC 5869, no salt)."""
    info = b"attune/" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)
