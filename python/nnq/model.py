"""A compiled model in this process. Needs numpy and the folder that `nnq compile` wrote; the compiler is not loaded."""

import ctypes
import json
import pathlib
import platform
import threading
import time
from dataclasses import dataclass

import numpy as np

from . import arguments, arrays
from .errors import Error
from .interruption import temporary_folder
from .observer import Observer, ignore
from .output import MANIFEST
from .pool import Pool

ALIGNMENT = 64
"""Of the arena, by contract, and of inputs and outputs, so that vectors of them do not cross cache lines."""

# /proc/cpuinfo's names, where they differ from LLVM's by more than underscores.
CPUINFO_NAMES = {"lzcnt": "abm", "bmi": "bmi1", "neon": "asimd", "dotprod": "asimddp"}
MACHINES = {"x86": ("x86_64", "AMD64"), "aarch64": ("aarch64", "arm64")}


@dataclass(frozen=True)
class Tensor:
    """An input or output. `scale` is 0 for float; else value = (stored - zero_point) * scale."""

    name: str
    shape: tuple
    type: str
    scale: float = 0.0
    zero_point: int = 0

    @staticmethod
    def from_manifest(entry):
        return Tensor(entry["name"], tuple(entry["shape"]), entry["type"], entry.get("scale", 0.0), entry.get("zero_point", 0))


def _aligned_empty(shape, dtype):
    """An uninitialized array that begins at a multiple of ALIGNMENT bytes."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    raw = np.empty(size + ALIGNMENT, np.uint8)
    offset = -raw.ctypes.data % ALIGNMENT
    return raw[offset : offset + size].view(dtype).reshape(shape)


def _host_features():
    """Instruction sets of this machine, without underscores. Empty where /proc does not say."""
    try:
        with open("/proc/cpuinfo") as lines:
            line = next(line for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return set()
    return set(line.partition(":")[2].replace("_", "").split())


def _why_not_runnable(target, needs):
    """None if code for `target` runs here, else the reason. `needs`: instruction sets in LLVM's names."""
    machine = platform.machine()
    if machine not in MACHINES.get(target.split("-")[0], ()):
        return f"it is compiled for {target} and this machine is {machine}; link model.o into a program there"
    features = _host_features()
    missing = [name for name in needs if CPUINFO_NAMES.get(name, name).replace("_", "") not in features]
    if features and missing:
        return f"it is compiled for {target} and this machine lacks {', '.join(missing)}; compile it with --target native"
    return None


def _load_function(library, symbol):
    """The function of a shared library. Error: it cannot be loaded.

    It is loaded under a name of its own, since the loader knows libraries by name: a model compiled again into the same
    folder would be the old one.
    """
    try:
        with temporary_folder(prefix="nnq-") as folder:
            name = folder / "libmodel.so"
            name.symlink_to(library.resolve())
            function = getattr(ctypes.CDLL(str(name)), symbol)
    except (OSError, AttributeError) as error:
        raise Error(f"{library}: cannot be loaded: {error}") from None
    function.restype = None
    return function


class _Workspace:
    """What one thread needs to run a model: inputs, outputs and arena, and their addresses as the function takes them."""

    def __init__(self, inputs, outputs, arena_bytes, is_observed):
        self.inputs = [_aligned_empty(t.shape, arrays.dtype_of(t)) for t in inputs]
        self.observer = np.zeros(2, np.int64)
        self.outputs = [_aligned_empty(t.shape, arrays.dtype_of(t)) for t in outputs]
        self.arena = _aligned_empty((max(arena_bytes, 1),), np.uint8)
        inputs = [*self.inputs, self.observer] if is_observed else self.inputs
        self.arguments = [ctypes.c_void_p(a.ctypes.data) for a in (*inputs, *self.outputs, self.arena)]


class Model:
    """A compiled model: `model(x)` runs it, from any thread.

    folder, manifest   where it is, and manifest.json
    inputs, outputs    tuples of Tensor
    observed           those that `observe` tells of, in a variant that is compiled to be observed
    threads            how many one run uses at most; with more than one, runs of one Model wait for each other
    """

    def __init__(self, folder):
        """Loads the folder that `nnq compile` wrote. Error: not such a folder.

        A model for another machine loads too, but does not run: `why_not_runnable` says why, and is None otherwise.
        """
        self.folder = arguments.path(folder, "the folder of a compiled model")
        self.manifest = read_manifest(self.folder)
        try:
            self.inputs = tuple(map(Tensor.from_manifest, self.manifest["inputs"]))
            self.outputs = tuple(map(Tensor.from_manifest, self.manifest["outputs"]))
            self.observed = tuple(map(Tensor.from_manifest, self.manifest.get("observed", ())))
            if self.observed:
                self.inputs = self.inputs[:-1]  # the last one is the observer
            symbol, target, self._arena_bytes = (self.manifest[key] for key in ("symbol", "target", "arena_bytes"))
        except (KeyError, TypeError) as error:
            raise Error(f"{self.folder / MANIFEST}: lacks {error}; compile the model again") from None
        self._local = threading.local()
        self.threads = self.manifest.get("threads", 1)
        self.why_not_runnable = _why_not_runnable(target, self.manifest.get("cpu_features", ()))
        if not self.why_not_runnable:
            parallel = self.manifest.get("parallel_symbol")
            self._pool = Pool(self.threads) if parallel else None
            self._function = _load_function(self.folder / "libmodel.so", parallel or symbol)
            self._workspace()

    def _workspace(self):
        """This thread's buffers, allocated at its first call. Error: the model is for another machine."""
        if self.why_not_runnable:
            raise Error(f"{self.folder}: cannot run here: {self.why_not_runnable}")
        if not hasattr(self._local, "workspace"):
            self._local.workspace = _Workspace(self.inputs, self.outputs, self._arena_bytes, bool(self.observed))
        return self._local.workspace

    def _call(self, workspace):
        if self._pool:
            self._pool.run(self._function, workspace.arguments)
        else:
            self._function(*workspace.arguments)

    def run(self, inputs):
        """Runs on a list of arrays, one per input, of the inputs' types and shapes; returns a list of new arrays."""
        return self.observe(inputs, ignore)

    def observe(self, inputs, record):
        """Runs, and calls `record(name, array)` for each observed tensor, as Observer does; raises what it raises, behind the run."""
        if not isinstance(inputs, (list, tuple)):
            raise Error(f"run() takes a list of arrays, one for each input, not {type(inputs).__name__}")
        if len(inputs) != len(self.inputs):
            raise Error(f"the model takes {len(self.inputs)} inputs ({', '.join(t.name for t in self.inputs)}), not {len(inputs)}")
        workspace = self._workspace()
        for buffer, array, tensor in zip(workspace.inputs, inputs, self.inputs):
            np.copyto(buffer, arrays.as_input(array, tensor, f"input {tensor.name!r}"))
        if self.observed:
            observer = Observer(self.observed, record)
            workspace.observer[:] = observer.address
        self._call(workspace)
        if self.observed:
            observer.check()
        return [output.copy() for output in workspace.outputs]

    def __call__(self, x):
        """Runs on an array (for a model of one input), a dict by name, or a list; shapes are the inputs'.

        The batch axis of 1 may be left out, and float64 is rounded to float32. Returns an array, or a dict by name where
        the model has several outputs. Error: a name, number, shape or type that the model does not take.
        """
        outputs = self.run([_to_float32(array, t) for array, t in zip(self._as_list(x), self.inputs)])
        if len(outputs) == 1:
            return outputs[0]
        return {tensor.name: output for tensor, output in zip(self.outputs, outputs)}

    def _as_list(self, x):
        names = [tensor.name for tensor in self.inputs]
        if isinstance(x, dict):
            if set(x) != set(names):
                raise Error(f"the model takes the inputs {', '.join(names)}, not {', '.join(map(str, x)) or 'none'}")
            return [x[name] for name in names]
        values = list(x) if isinstance(x, (list, tuple)) else [x]
        if len(values) != len(names):
            raise Error(f"the model takes {len(names)} inputs ({', '.join(names)}), not {len(values)}")
        return values

    def random_inputs(self):
        """An array for each input, the same ones each time: normal, or 0 to 99 for integers."""
        random = np.random.default_rng(0)
        types = [arrays.dtype_of(tensor) for tensor in self.inputs]
        return [
            (random.standard_normal(tensor.shape) if dtype.kind == "f" else random.integers(0, 100, tensor.shape)).astype(dtype)
            for tensor, dtype in zip(self.inputs, types)
        ]

    def time(self, reps, warm_up=3):
        """Seconds of each of `reps` runs on random inputs, after a few more."""
        workspace = self._workspace()
        for buffer, values in zip(workspace.inputs, self.random_inputs()):
            np.copyto(buffer, values)
        for _ in range(warm_up):
            self._call(workspace)
        seconds = []
        for _ in range(reps):
            start = time.perf_counter()
            self._call(workspace)
            seconds.append(time.perf_counter() - start)
        return seconds


def _to_float32(array, tensor):
    array = arrays.as_array(array, f"input {tensor.name!r}")
    return array.astype(np.float32) if tensor.type == "f32" and array.dtype in (np.float16, np.float64) else array


def read_manifest(folder):
    """manifest.json of a compiled model. Error: missing or damaged."""
    path = pathlib.Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Error(f"{folder}: no {MANIFEST}; name a folder that `nnq compile` wrote") from None
    except (OSError, ValueError) as error:
        raise Error(f"{path}: cannot be read: {error}") from None
    if not isinstance(manifest, dict):
        raise Error(f"{path}: is not a JSON object; compile the model again")
    return manifest
