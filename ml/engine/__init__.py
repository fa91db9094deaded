"""ONNX Runtime in torch's place for networks that only read, on a processor: graphs made in memory, nothing on disk."""
