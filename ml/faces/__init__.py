"""Finding and following faces: facenet-pytorch's P-, R- and O-Nets on frames that arrive as JPEG.

`ml.faces.jpeg_header` is free of torch, numpy and OpenCV, so that the web process may import it.
"""
