"""The one door to `cryptography`: data keys, envelopes, columns, blobs, blind indexes, sealed hops."""
