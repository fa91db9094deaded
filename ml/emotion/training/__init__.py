"""What makes the weights: augmentation, recipes, the trainer, folds, checkpoints."""
