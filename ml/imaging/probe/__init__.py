"""A small network that says what a picture shows, trained on rendered scenes alone: it judges the painter."""
