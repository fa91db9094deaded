"""Whether a page of our own opens a socket."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def same_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Whether the page that opens the socket came from this very host. Without an origin nobody knows: no."""
    origin, host = headers.get(b"origin", b"").decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
    try:
        return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
