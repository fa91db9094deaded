"""Blind indexes: finding a row by a value that is stored nowhere in the clear.

Only for values of high entropy (addresses, record numbers), only in read models, never in the log: an index over an
emotion or a score could be guessed by trying them all.
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
    root = keys.for_sealing(keys.BLIND_INDEX).secret
    normalised = unicodedata.normalize("NFKC", value).strip().casefold()
    return hmac.new(derive(root, f"blind/{field}"), normalised.encode(), hashlib.sha256).digest()
