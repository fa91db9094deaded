"""Teaching a painter a style: a data set with its papers in order, LoRA or full training, and a proof that it shows."""
