"""Calm places, painted by arithmetic: training data for the painter and the vetted library it falls back on.

Torch-free. `spec` names a scene, `render` paints it at any size, `captions` says it in words, `wording` reads
words back, `library` is the vetted list.
"""
