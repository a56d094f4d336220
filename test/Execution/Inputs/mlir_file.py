"""A network from an .mlir file whose inputs and results have f32 or per-tensor quantized types."""

from network import F32, Network, Type, Value
from nnq import _nnq


def element_type(tensor):
    """Of an input or output: f32, or codes of one scale."""
    if tensor.type == "f32":
        return F32
    if not tensor.scale:
        raise SystemExit(f"no inputs can be made for element type {tensor.type}")
    return Type(tensor.type, (tensor.scale,), tensor.zero_point)


class ParsedNetwork(Network):
    """@main of a module. `bits`: whether its results follow from integers."""

    def __init__(self, name, module, seed, bits):
        super().__init__(name, seed)
        self.module_text = module.to_text(elide=False)
        for tensor in module.inputs:
            self.input(tensor.shape, element_type(tensor))
        for i, tensor in enumerate(module.outputs):
            self.result(Value(f"result {i}", tuple(tensor.shape), element_type(tensor), bits))

    def text(self):
        return self.module_text


def read_network(path, seed):
    module = _nnq.Module.parse_file(str(path))
    return ParsedNetwork(path.name, module, seed, bits=module.is_quantized)
