"""What is said of the weights: accuracy, calibration, robustness, steadiness, speed."""
