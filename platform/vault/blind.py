"""Keyed digests: telling that two values are the same where neither is stored in the clear.

A blind index finds a row by one. Only for values of high entropy (addresses, record numbers), only in read models,
never in the log: an index over an emotion or a score could be guessed by trying them all.
"""

import hashlib
import hmac
import unicodedata

from vault import keys
from vault.derive import derive


def index(field: str, value: str) -> bytes:
    """32 bytes, equal for values equal after normalisation (NFKC, case, outer blanks), different for each field.

    Raises:
        KeyUnavailable: retry.
    """
    return exact(field, unicodedata.normalize("NFKC", value).strip().casefold())


def exact(field: str, value: str) -> bytes:
    """32 bytes, equal for equal values only, different for each field; no index.

    Raises:
        KeyUnavailable: retry.
    """
    root = keys.for_sealing(keys.BLIND_INDEX).secret
    return hmac.new(derive(root, f"blind/{field}"), value.encode(), hashlib.sha256).digest()
