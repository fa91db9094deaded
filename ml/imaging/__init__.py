"""From a safe prompt to a picture: Stable Diffusion pipelines of diffusers' own classes, ours or anybody's."""
