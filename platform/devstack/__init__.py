"""Embedded PostgreSQL and Valkey from wheels, and the supervised processes of `make run`. Known by no other part."""
