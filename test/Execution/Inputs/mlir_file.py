"""A network from an .mlir file whose inputs and results have f32 or per-tensor quantized types."""

import re

from network import F32, Network, Type, Value
from nnq import _nnq

QUANTIZED = re.compile(r"!quant\.uniform<([ui]8|i32)(?:<[-\d:]+>)?:f32, ([^:>]+)(?::(-?\d+))?>")


def element_type(text):
    if text == "f32":
        return F32
    match = QUANTIZED.fullmatch(text)
    if not match:
        raise SystemExit(f"no inputs can be made for element type {text}")
    return Type(match[1], (float(match[2]),), int(match[3] or 0))


class ParsedNetwork(Network):
    """@main of a module. `bits`: whether its results follow from integers."""

    def __init__(self, name, module, seed, bits):
        super().__init__(name, seed)
        self.module_text = module.to_text(elide=False)
        for tensor in module.inputs:
            self.input(tensor.shape, element_type(tensor.type))
        for i, tensor in enumerate(module.outputs):
            self.result(Value(f"result {i}", tuple(tensor.shape), element_type(tensor.type), bits))

    def text(self):
        return self.module_text


def read_network(path, seed):
    module = _nnq.Module.parse_file(str(path))
    return ParsedNetwork(path.name, module, seed, bits=module.is_quantized)
