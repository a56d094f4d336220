#!/usr/bin/python3
"""Writes the small ONNX models of these tests: OUT_DIR/NAME.onnx for each name.

usage: make_model.py OUT_DIR NAME...
       make_model.py OUT_DIR --all     writes every model that is one file
       make_model.py --list            prints the names of the models that import without options

A model is a function in a file of models/, which tests ask for by the function's name.
"""
import sys

from models import (  # noqa: F401 (their models register themselves)
    constant,
    control_flow,
    convolution,
    elementwise,
    graph,
    image,
    initializer,
    integer,
    matrix,
    normalization,
    opset,
    pooling,
    recurrent,
    shape,
)
from models.net import DYNAMIC, INVALID, MODELS, write

if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print("\n".join(MODELS))
    else:
        write({**MODELS, **DYNAMIC, **INVALID}, initializer.FILES)
