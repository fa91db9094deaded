"""Labelled faces: the public sets' layouts, one label map, what is held out."""
