"""Django's PostgreSQL backend with what a lost connection tells about the others of its pool."""
