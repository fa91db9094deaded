"""Serving pictures: orders of many sessions gathered into batches and painted by a process of their own."""
