#!/usr/bin/python3
"""Writes a file of moments (include/nnq/Quantization/MomentsFile.h) of a network's layers: write-moments.py OUTPUT LAYERS.json

LAYERS: {tensor: {"scale": of a code, "codes": rows of what the layer reads at a position}}, in one sample. The float network reads
exactly what the quantized one does, so sums of errors are 0.
"""

import json
import struct
import sys

FRACTIONS = 256  # the float network's inputs are counted in so many parts of a code


def write(out, tensor, scale, codes):
    inputs = len(codes[0])
    sums = [sum(column) for column in zip(*codes)]
    products = [sum(row[i] * row[j] for row in codes) for i in range(inputs) for j in range(i, inputs)]
    numbers = [FRACTIONS * value for value in sums] + sums + products + [0] * inputs * inputs
    header = {"sectionWidth": inputs, "columns": len(codes), "inputs": inputs, "scale": scale}
    for line in (tensor, header):
        out.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    out.write(struct.pack(f"<{len(numbers)}d", *numbers))


def main(output, layers):
    with open(layers, encoding="utf-8") as file:
        layers = json.load(file)
    with open(output, "wb") as out:
        out.write(b'{"nnq-moments":1,"samples":[0]}\n')
        for tensor, layer in layers.items():
            write(out, tensor, layer["scale"], layer["codes"])
        out.write(json.dumps({"layers": len(layers)}, separators=(",", ":")).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
