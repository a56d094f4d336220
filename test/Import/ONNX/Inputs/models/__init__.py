"""The small ONNX models of the importer's tests, by theme: those that must import and those that must be refused."""
