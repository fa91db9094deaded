"""Weights by name and SHA-256, from this folder or one that the settings name. Never from the network."""
