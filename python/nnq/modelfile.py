"""Model files: how they become modules, and how errors name them."""

import contextlib

from . import arrays
from .errors import CompileError, Error
from .extension import load_compiler
from .onnxfile import with_constants


def read_model(source, dims, constants=None):
    """A Module from .onnx or .mlir (text or bytecode); `constants` are inputs of an .onnx model that become initializers.

    Error: another format, or what the importer says.
    """
    suffix = source.suffix.lower()
    if suffix not in (".onnx", ".mlir", ".mlirbc"):
        reason = "TFLite is not supported yet" if suffix == ".tflite" else "the format is not known by this suffix"
        raise Error(f"{source}: {reason}; supported are .onnx and .mlir")
    if not source.is_file():
        raise Error(f"{source}: no such file")
    module = load_compiler().Module
    if suffix == ".onnx" and constants:
        model = with_constants(arrays.read_bytes(source), constants, str(source))
        return module.import_onnx_bytes(model, str(source), str(source.parent), dims)
    if suffix == ".onnx":
        return module.import_onnx(str(source), dims)
    if constants:
        raise Error(f"{source}: constants ({', '.join(constants)}) are for .onnx models; write them into the MLIR")
    if dims:
        raise Error(f"{source}: sizes of dimensions ({', '.join(dims)}) are for .onnx models; shapes in MLIR are static")
    return module.parse_file(str(source))


@contextlib.contextmanager
def naming(source):
    """What a pass says names the node; the file stands in front."""
    try:
        yield
    except CompileError as error:
        raise (error if str(error).startswith(str(source)) else CompileError(f"{source}: {error}")) from None
