"""Measures the engine on simulated patients; nothing at run time needs it."""
