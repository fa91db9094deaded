"""A tiny CLIP: transformers' own dual encoder, trained on rendered scenes and their captions, to compare both."""
