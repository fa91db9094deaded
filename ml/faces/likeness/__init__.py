"""Whether a face is still the one that a session began with: a few numbers compared, never a search for who it is."""
