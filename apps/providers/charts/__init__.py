"""Charts as geometry: plain numbers in, coordinates for an SVG template out. No colours and no words of style here."""
