"""Layers that ONNX Runtime computes in float, one by one.

The sum of such a layer may fall on the other side of a tie, and a layer behind it multiplies the step. So the graph is cut
behind each: its codes become an output, and their readers take what ONNX Runtime has there, a new input.
"""

import onnx.numpy_helper
from common.graph import with_outputs

FLOAT_LAYERS = {"Conv", "FusedConv", "ConvTranspose", "Gemm", "FusedGemm", "MatMul", "FusedMatMul"}


def codes_of_float_layers(model, optimized):
    """Names of the codes in `model` that a layer in float of the `optimized` model gives."""
    producers = {name: node for node in optimized.graph.node for name in node.output}

    def has_float_layer(name):
        node = producers.get(name)
        if node is None or node.op_type == "DequantizeLinear":
            return False
        return node.op_type in FLOAT_LAYERS or any(map(has_float_layer, node.input))

    return [n.output[0] for n in model.graph.node if n.op_type == "QuantizeLinear" and has_float_layer(n.output[0])]


def cut(model, values):
    """The model cut behind `values`, arrays by name, and the arrays that its new inputs take, by name."""
    result = with_outputs(model, ())
    graph, fed = result.graph, {name: f"{name}.cut" for name in values}
    for node in graph.node:
        node.input[:] = [fed.get(name, name) for name in node.input]
    known = {output.name for output in graph.output}
    for name, array in values.items():
        kind = onnx.numpy_helper.from_array(array).data_type
        graph.input.append(onnx.helper.make_tensor_value_info(fed[name], kind, array.shape))
        if name not in known:
            graph.output.append(onnx.helper.make_tensor_value_info(name, kind, array.shape))
    return result, {fed[name]: array for name, array in values.items()}
