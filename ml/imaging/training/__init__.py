"""How the painter that ships is made: rendered scenes, a linear code, a decoder, a text encoder, a UNet."""
