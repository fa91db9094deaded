"""Argon2 at the lowest cost, for tests: what it costs is what an attacker should pay, not each test that signs in."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
