"""Random quantized ONNX graphs, and what is done with them; see quantized_graphs.py."""
