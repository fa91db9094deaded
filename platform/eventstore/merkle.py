"""The Merkle tree of RFC 6962 over the log's leaves, kept as the roots of its perfect subtrees ("peaks")."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

DIGEST_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1: an inner node's hash."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Tree:
    """A tree of `size` leaves that can grow but not look back: peaks are its perfect subtrees, largest first."""

    size: int
    peaks: list[bytes]

    @classmethod
    def empty(cls) -> "Tree":
        return cls(0, [])

    @classmethod
    def load(cls, size: int, peaks: bytes) -> "Tree":
        """From what `dump` gave.

        Raises:
            ValueError: not as many peaks as a tree of that size has.
        """
        parts = [peaks[at : at + DIGEST_BYTES] for at in range(0, len(peaks), DIGEST_BYTES)]
        if len(peaks) != DIGEST_BYTES * size.bit_count():
            raise ValueError("peaks do not fit the size")
        return cls(size, parts)

    def dump(self) -> bytes:
        return b"".join(self.peaks)

    def add(self, leaf: bytes) -> None:
        """Append a leaf hash (RFC 6962: SHA-256 of 0x00 and the data)."""
        carry, ones = leaf, self.size
        while ones & 1:
            carry = node(self.peaks.pop(), carry)
            ones >>= 1
        self.peaks.append(carry)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            self.add(leaf)

    def root(self) -> bytes:
        """The tree head; that of an empty tree is SHA-256 of nothing."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root
