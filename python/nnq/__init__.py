"""nnq: from a float network and a few samples to small, fast integer code.

    model = nnq.compile("m.onnx", calibration=samples, target="native", threads=1)
    y = model(x)
"""

from .errors import CompileError, DataError, Error
from .model import Model
from .settings import NF4, Binary, Codebook, Float, Int2, Int3, Int4, Int7, Int8, Mixed, Prune, Ternary

__all__ = [
    *("calibrate", "compile", "evaluate", "merge", "profiles", "targets"),
    *("Binary", "Codebook", "Float", "Int2", "Int3", "Int4", "Int7", "Int8", "Mixed", "Model", "NF4", "Prune", "Ternary"),
    *("Calibration", "Module"),
    *("CompileError", "DataError", "Error"),
]

# A compiled model runs without the compiler, so what needs it is imported at its first use.
_NEED_COMPILER = {
    **{"calibrate": ".sharding", "compile": ".compiler", "evaluate": ".evaluation", "merge": ".sharding"},
    **{"Calibration": "._nnq", "Module": "._nnq", "profiles": "._nnq", "targets": "._nnq"},
}


def __getattr__(name):
    if name not in _NEED_COMPILER:
        raise AttributeError(f"module 'nnq' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_NEED_COMPILER[name], __name__), name)
    globals()[name] = value
    return value
