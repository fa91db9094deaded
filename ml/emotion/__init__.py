"""Reads an emotion from an aligned face: network, training, calibration, abstention, the frames worker's one call."""
