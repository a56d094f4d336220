"""From a model file to a folder with object file, header, library, manifest and report."""

import dataclasses
import pathlib

from . import arguments
from .compilation import Compilation
from .errors import Error
from .interruption import lasting_folder
from .model import Model
from .progress import Quiet
from .settings import Float, Int8

MOST_THREADS = 1024
"""Each takes memory and a place in the system's list."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What is asked for, apart from the data.

    source        .onnx or .mlir
    quantization  Int8, Float, or None: the model's own, or Int8 if there is calibration data
    target        a name of the table, or "native"
    threads       at most this many
    dims          sizes of dynamic dimensions by name, as the importer takes them
    name          prefix of the C symbols
    profile       numerics profile, one that the compiler knows
    constants     inputs that become initializers: arrays by name
    tiles         file of register tiles by layer, or None
    """

    source: pathlib.Path
    quantization: object = None
    target: str = "native"
    threads: int = 1
    dims: dict = dataclasses.field(default_factory=dict)
    name: str = "model"
    profile: str = "onnx"
    constants: dict = dataclasses.field(default_factory=dict)
    tiles: pathlib.Path = None

    def __post_init__(self):
        object.__setattr__(self, "source", arguments.path(self.source, "model"))
        arguments.text(self.target, "target")
        arguments.count(self.threads, "threads", 1, MOST_THREADS)
        for name, size in arguments.dictionary(self.dims, "dims", "sizes").items():
            arguments.count(size, f"the size of dimension {name!r}", 1)
        arguments.dictionary(self.constants, "constants", "arrays")
        object.__setattr__(self, "tiles", arguments.optional_path(self.tiles, "tiles"))
        if not isinstance(self.quantization, (Int8, Float, type(None))):
            raise Error(f"quantization is nnq.Int8(...), nnq.Int4(...), nnq.Codebook(...), nnq.Mixed(...) or nnq.Float(), not {self.quantization!r}")
        if not (arguments.text(self.name, "name").isascii() and self.name.isidentifier()):
            raise Error(f"name is a C identifier, not {self.name!r}")
        arguments.text(self.profile, "profile")

    @property
    def tiles_file(self):
        """As the compiler takes it."""
        return "" if self.tiles is None else str(self.tiles)


@dataclasses.dataclass(frozen=True)
class Result:
    """What a compilation says besides its files: the passes' remarks, the pipelines that ran, and a summary with warnings, in lines."""

    folder: pathlib.Path
    remarks: tuple
    pipeline: str
    summary: tuple = ()


def compile(model, calibration=None, *, statistics=None, moments=None, quantization=None, target="native", threads=1, output=None,
            dims=None, name="model", profile="onnx", constants=None, tiles=None):
    """Compiles a .onnx or .mlir file and returns a Model.

    calibration   samples: a .npz or .npy file, a dict by input name, an array for one input; arrays are (N, ...)
    statistics    file of calibrate(), for ranges instead of those of `calibration`, which then serves to tune layers only
    moments       file of calibrate(), by which weights of few bits are rounded; needs `statistics`
    quantization  nnq.Int8(...), nnq.Int4(...), nnq.Mixed(...) or nnq.Float(); Int8() if calibration or statistics are given. A quantized model needs none of them
    target        "native" or another row of nnq.targets(); a model for another machine is returned, but does not run
    threads       at most so many threads in a run
    output        the folder to write; a temporary one, which lives as long as the Model, if None
    dims          sizes of dynamic dimensions, {"batch": 1}
    name          prefix of the C symbols
    profile       numerics profile, one of nnq.profiles(): how results that are integers are rounded
    constants     {name: array} of inputs that are fixed, such as scales that a model takes as inputs
    tiles         a file {"LAYER": {"rows": 6, "columns": 4}}: sums of a layer that stay in registers, for those who tune one

    Error: anything wrong with the model, the data or the folder, which is then as it was before.
    """
    job = Job(model, quantization, target, threads, {} if dims is None else dims, name, profile, {} if constants is None else constants,
              tiles)
    found = {name: arguments.optional_path(file, name) for name, file in (("statistics", statistics), ("moments", moments))}
    if arguments.optional_path(output, "output") is not None:
        return Model(compile_to_folder(job, output, calibration, **found).folder)
    temporary = lasting_folder()
    compiled = Model(compile_to_folder(job, pathlib.Path(temporary.name) / "out", calibration, **found).folder)
    compiled._temporary = temporary
    return compiled


def compile_to_folder(job, output, calibration=None, progress=Quiet(), *, statistics=None, moments=None):
    """Does a Job and puts its files into `output`. Returns a Result. Error: see compile()."""
    output, compilation = arguments.path(output, "output"), Compilation(job, progress, statistics, moments)
    compilation.run(output, calibration)
    return Result(output, compilation.remarks, compilation.pipeline, compilation.summary)


def measure_sensitivity(job, calibration, progress=Quiet()):
    """Writes the sensitivity file that the Job's Mixed names, unless it is there. Returns notes. Error: see compile()."""
    return Compilation(job, progress).measure_sensitivity(calibration)
