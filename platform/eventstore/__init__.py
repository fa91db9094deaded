"""Streams of sealed events in PostgreSQL: append, seal, project, subscribe, verify."""
