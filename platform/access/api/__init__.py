"""The API's plumbing: problem documents, cursors, idempotent writes. No endpoint of its own."""
