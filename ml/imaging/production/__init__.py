"""What a model needs to serve in production: checked downloads, acceleration, ONNX, TensorRT, int8, pruning."""
