"""Random float ONNX graphs, and what is done with them; see float_graphs.py."""
