"""`python -m devstack.bench [--part frames|images|store|sessions]`: what the house does a second, and how late."""
