"""A model with errors in it: those of floats, and those of integers of 8 bits. What they do to its outputs is what a compiler may do.

No formula says how far rounding inside a network shows at its outputs, but the network itself does. `shaken` multiplies each tensor that
float arithmetic rounds by 1 + or - 2^-20, some rounding errors. `rounded` puts a QuantizeLinear and a DequantizeLinear behind each
tensor that may be rounded to 8 bits, by the range of that tensor on the samples, and rounds weights to 8 bits with a scale per channel.

ONNX Runtime computes a sigmoid and a hyperbolic tangent by rational functions with an absolute error, which is all of a value near 0:
their results are moved by 2^-24 besides.
"""

import numpy as np
import onnx
import onnx.numpy_helper
from common.graph import ELEMENTS

SHAKE = 2.0**-20
SHIFT, SHIFTED = 2.0**-24, ("Sigmoid", "Tanh")
STEPS_OF_BYTE = 255


def _copied(model):
    result = onnx.ModelProto()
    result.CopyFrom(model)
    return result


def _behind(model, names, nodes_of):
    """The model where `nodes_of(name, source)` stand behind each named tensor and give it; `source` is its new name."""
    result = _copied(model)
    graph, sources = result.graph, {name: f"{name}.source" for name in names}
    given = {value.name for value in graph.input}
    nodes = []
    for name in names:  # an input keeps its name, so its readers are who change theirs
        if name in given:
            nodes.extend(nodes_of(f"{name}.changed", name))
    renamed = {name: f"{name}.changed" for name in names if name in given}
    for node in graph.node:
        changed = onnx.NodeProto()
        changed.CopyFrom(node)
        changed.input[:] = [renamed.get(name, name) for name in node.input]
        changed.output[:] = [sources.get(name, name) for name in node.output]
        nodes.append(changed)
        for name in node.output:
            if name in sources:
                nodes.extend(nodes_of(name, sources[name]))
    del graph.node[:]
    graph.node.extend(nodes)
    return result


def _constant(graph, name, array):
    graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(array), name))
    return name


def _with_products(model):
    """The model where a BatchNormalization is a product and a sum, and the results of the products: what is rounded there may cancel."""
    result, nodes, products = _copied(model), [], []
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    shapes = shapes_of(model)
    for node in model.graph.node:
        if node.op_type != "BatchNormalization":
            nodes.append(node)
            continue
        (x, *names), (y,) = node.input, node.output
        scale, bias, mean, variance = (constants[name].reshape(-1, *[1] * (len(shapes[x]) - 2)) for name in names)
        factor = scale / np.sqrt(variance + np.float32(1e-5))
        inputs = [_constant(result.graph, f"{y}.{kind}", array) for kind, array in (("scale", factor), ("offset", bias - mean * factor))]
        products.append(f"{y}.product")
        nodes += [onnx.helper.make_node("Mul", [x, inputs[0]], products[-1:]), onnx.helper.make_node("Add", [products[-1], inputs[1]], [y])]
    del result.graph.node[:]
    result.graph.node.extend(nodes)
    return result, products


def shaken(model, names, shapes, sign):
    """`shapes`: those of the tensors, by name; `sign`: 1, or -1 for the opposite errors."""
    model, products = _with_products(model)
    names, shapes = [*names, *products], shapes | {name: shapes[name.removesuffix(".product")] for name in products}
    random, constants = np.random.default_rng(0), {}
    shifted = {name for node in model.graph.node if node.op_type in SHIFTED for name in node.output}

    def nodes_of(name, source):
        plain = source.removesuffix(".source")
        signs = sign * random.choice([-1, 1], shapes[plain])
        constants[f"{name}.factor"] = (1 + SHAKE * signs).astype(np.float32)
        if plain not in shifted:
            return [onnx.helper.make_node("Mul", [source, f"{name}.factor"], [name])]
        constants[f"{name}.shift"] = (SHIFT * signs).astype(np.float32)
        return [onnx.helper.make_node("Mul", [source, f"{name}.factor"], [f"{name}.scaled"]),
                onnx.helper.make_node("Add", [f"{name}.scaled", f"{name}.shift"], [name])]

    result = _behind(model, names, nodes_of)
    for name, array in constants.items():
        _constant(result.graph, name, array)
    return result


def step_of(low, high):
    """Scale and zero point of 8 bits for a range, which has to hold 0."""
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    scale = max((high - low) / STEPS_OF_BYTE, 1e-30)
    return np.float32(scale), np.uint8(np.clip(np.rint(-low / scale), 0, STEPS_OF_BYTE))


def rounded_weights(array, axis):
    """An array rounded to signed bytes, with a scale for each index of `axis`."""
    others = tuple(i for i in range(array.ndim) if i != axis) if axis is not None else None
    most = np.abs(array).max(axis=others, keepdims=axis is not None)
    scale = np.maximum(most / 127, 1e-38)
    return (np.rint(array / scale) * scale).astype(np.float32)


def _beside(model, spellings):
    """The model in which each spelling computes what is inside of it for itself, as `NAME.inside`; others read what they did."""
    result = _copied(model)
    nodes, spelling_of = [], {name: spelling for spelling in spellings for name in spelling}
    for node in model.graph.node:
        spelling = spelling_of.get(node.output[0], [""])
        inner = onnx.NodeProto()
        inner.CopyFrom(node)
        inner.input[:] = [f"{name}.inside" if name in spelling[:-1] else name for name in node.input]
        inner.output[:] = [f"{name}.inside" if name in spelling[:-1] else name for name in node.output]
        if inner.output[:] != node.output[:]:
            inner.name += ".inside"
            nodes.append(node)
        nodes.append(inner)
    del result.graph.node[:]
    result.graph.node.extend(nodes)
    return result


def rounded(model, ranges, weights, spellings, wider=1.0):
    """`ranges`: {tensor: (low, high)}; `weights`: {constant: axis or None}; `spellings`: see Marks; `wider`: by how much ranges are."""
    steps, model = {}, _beside(model, spellings)

    def nodes_of(name, source):
        plain = source.removesuffix(".source")
        steps[name] = step_of(*(wider * bound for bound in ranges[plain]))
        parameters = [f"{name}.scale", f"{name}.zero"]
        return [onnx.helper.make_node("QuantizeLinear", [source, *parameters], [f"{name}.codes"]),
                onnx.helper.make_node("DequantizeLinear", [f"{name}.codes", *parameters], [name])]

    result = _behind(model, list(ranges), nodes_of)
    for name, (scale, zero) in steps.items():
        _constant(result.graph, f"{name}.scale", scale)
        _constant(result.graph, f"{name}.zero", zero)
    for tensor in result.graph.initializer:
        if tensor.name in weights:
            array = rounded_weights(onnx.numpy_helper.to_array(tensor), weights[tensor.name])
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
    return result


def shapes_of(model):
    """{tensor: shape} of all values whose types the model says."""
    graph = model.graph
    return {v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim) for v in (*graph.input, *graph.output, *graph.value_info)}


def as_fed(array, model_input):
    """A sample in the input's type."""
    kind = model_input.type.tensor_type.elem_type
    return np.ascontiguousarray(array, next(dtype for number, dtype, *_ in ELEMENTS.values() if number == kind))
