"""The little that is done to .onnx files before the importer sees them: inputs become initializers."""

import numpy as np

from .errors import Error

DTYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16",
          11: "float64", 12: "uint32", 13: "uint64"}
NARROW = {21: ("uint4", "uint8", 4), 22: ("int4", "int8", 4), 25: ("uint2", "uint8", 2), 26: ("int2", "int8", 2)}
"""Types that several elements of share a byte: name, numpy's type of one element, bits."""


def with_constants(model, constants, what):
    """The bytes of a model whose inputs `constants`, {name: array}, are initializers.

    Error, which starts with `what`: an input that the model does not have, or another type.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        proto = onnx.load_model_from_string(model)
    except DecodeError:
        raise Error(f"{what}: is not an ONNX model, or is truncated") from None
    types = {value.name: value.type.tensor_type.elem_type for value in proto.graph.input}
    for name, array in constants.items():
        if name not in types:
            raise Error(f"{what}: constant {name!r} is no input of the model, which takes {', '.join(map(repr, types)) or 'none'}")
        array = np.asarray(array)
        data = _raw(types[name], array, f"{what}: constant {name!r}")
        proto.graph.initializer.add(name=name, data_type=types[name], dims=array.shape, raw_data=data)
    return proto.SerializeToString()


def _raw(element, array, what):
    """The elements as TensorProto's raw_data."""
    name, dtype, bits = NARROW.get(element, (DTYPES.get(element), DTYPES.get(element), 8))
    if dtype is None:
        raise Error(f"{what}: its type, number {element} of ONNX's, is not supported")
    if array.dtype != dtype:
        raise Error(f"{what}: expected {name}{f' as {dtype}' if name != dtype else ''}, found {array.dtype}")
    if name == dtype:
        return array.astype(array.dtype.newbyteorder("<")).tobytes()
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if dtype == "int8" else (0, (1 << bits) - 1)
    if array.size and (array.min() < low or array.max() > high):
        raise Error(f"{what}: expected {name}, {low} to {high}, found {array.min()} to {array.max()}")
    per_byte = 8 // bits
    codes = array.astype(np.uint8).ravel() & ((1 << bits) - 1)
    codes = np.pad(codes, (0, -len(codes) % per_byte)).reshape(-1, per_byte)
    return (codes << (np.arange(per_byte) * bits)).sum(axis=1).astype(np.uint8).tobytes()
