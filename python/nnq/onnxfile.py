"""The little that is done to .onnx files before the importer sees them: inputs become initializers.

Protobuf messages that stand behind each other are one message whose lists are joined, so an initializer is added by
appending bytes, and nothing but the names and types of the inputs has to be read.
"""

import numpy as np

from .errors import Error

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

GRAPH, INITIALIZER, GRAPH_INPUT = 7, 5, 11  # of ModelProto and GraphProto

DTYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool", 10: "float16",
          11: "float64", 12: "uint32", 13: "uint64"}
NARROW = {21: ("uint4", "uint8", 4), 22: ("int4", "int8", 4), 25: ("uint2", "uint8", 2), 26: ("int2", "int8", 2)}
"""Types that several elements of share a byte: name, numpy's type of one element, bits."""


def with_constants(model, constants, what):
    """The bytes of a model whose inputs `constants`, {name: array}, are initializers.

    Error, which starts with `what`: an input that the model does not have, or another type.
    """
    types = _input_types(model, what)
    added = []
    for name, array in constants.items():
        if name not in types:
            raise Error(f"{what}: constant {name!r} is no input of the model, which takes {', '.join(map(repr, types)) or 'none'}")
        tensor = _tensor(name, types[name], np.asarray(array), f"{what}: constant {name!r}")
        added.append(_field(INITIALIZER, tensor))
    return model + _field(GRAPH, b"".join(added))


def _input_types(model, what):
    """Element types of the graph's inputs by name."""
    types = {}
    try:
        for graph in _values(model, GRAPH):
            for value in _values(graph, GRAPH_INPUT):
                name = b"".join(_values(value, 1)[-1:]).decode()
                tensor_type = [t for proto in _values(value, 2) for t in _values(proto, 1)]
                types[name] = next((e for t in tensor_type for e in _values(t, 1)), 0)
    except (IndexError, ValueError, TypeError):
        raise Error(f"{what}: is not an ONNX model, or is truncated") from None
    return types


def _values(message, number):
    """The values of one field: integers of varints, bytes of the rest."""
    found, at = [], 0
    while at < len(message):
        key, at = _read_varint(message, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _read_varint(message, at)
        elif kind in (BYTES, FIXED64, FIXED32):
            size, at = _read_varint(message, at) if kind == BYTES else (8 if kind == FIXED64 else 4, at)
            if at + size > len(message):
                raise ValueError("a field ends behind its message")
            value, at = message[at : at + size], at + size
        else:
            raise ValueError("no kind of field")
        if key >> 3 == number:
            found.append(value)
    return found


def _read_varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _varint(value):
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _field(number, content):
    return _varint(number << 3 | BYTES) + _varint(len(content)) + content


def _tensor(name, element, array, what):
    """A TensorProto."""
    dims = b"".join(_varint(1 << 3 | VARINT) + _varint(size) for size in array.shape)
    return dims + _varint(2 << 3 | VARINT) + _varint(element) + _field(8, name.encode()) + _field(9, _raw(element, array, what))


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
