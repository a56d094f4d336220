"""Calibration in parts: what a shard of the samples says of a network goes into a file, and the files of shards are joined."""

import contextlib
import dataclasses
import os
import pathlib

from . import arguments, moments, pipelines
from .artifacts import compile_to_measure
from .calibration import compile_observed, digest_of, observe, read_statistics
from .errors import Error
from .extension import load_compiler
from .filenames import shortened
from .interruption import temporary_folder
from .modelfile import naming, read_model
from .output import check_writable
from .progress import Quiet
from .samples import load_samples
from .settings import Int8
from .stages import Stages


def calibrate(model, calibration, output, *, first_sample=0, statistics=None, quantization=Int8(), dims=None, constants=None,
              progress=Quiet()):
    """Runs a .onnx or .mlir file on samples and writes what they say of it to the file `output`.

    That is the statistics of its tensors, or, given those of all samples, the moments of what its layers read. Both are for compile(),
    and files of several shards can be merged first: the numbers of their samples may not overlap.

    calibration   a shard of the samples, as compile() takes samples
    first_sample  the place of the shard's first sample in the whole
    statistics    the file of the whole's statistics: moments are gathered in a network of 8 bits that is quantized by them
    quantization  nnq.Int8(...), as the network will have it: `equalize` counts, and for moments activations, range_method, percentile,
                  keep_float and rules
    dims          sizes of dynamic dimensions, {"batch": 1}
    constants     {name: array} of inputs that are fixed

    Error: anything wrong with the model, the data or the file, which is then as it was before.
    """
    arguments.count(first_sample, "first_sample", 0, 2**63 - 1)
    for name, size in arguments.dictionary(dims, "dims", "sizes").items():
        arguments.count(size, f"the size of dimension {name!r}", 1)
    arguments.dictionary(constants, "constants", "arrays")
    statistics = arguments.optional_path(statistics, "statistics")
    if not isinstance(quantization, Int8):
        raise Error(f"quantization is nnq.Int8(...), not {quantization!r}")
    source, output = arguments.path(model, "model"), pathlib.Path(os.path.abspath(arguments.path(output, "output")))
    nnq = load_compiler()
    with _scratch_beside(output) as scratch, naming(source):
        progress.stage(f"reading {source.name}")
        module = read_model(source, dims or {}, constants or {})
        if module.is_quantized:
            raise Error(f"{source}: is quantized already; it needs no calibration")
        for pipeline in pipelines.prepare(module.is_quantized, quantization):
            module.run_pipeline(pipeline)
        samples = load_samples(calibration, module.inputs)
        if statistics is None:
            _observe(nnq, module, samples, first_sample, quantization.equalize, output, scratch, progress)
        else:
            read_statistics(nnq, statistics, quantization)
            _gather(nnq, module, samples, first_sample, statistics, quantization, output, scratch, progress)


def merge(files, output):
    """Joins files of calibrate(), all of statistics or all of moments, to `output`; the order does not matter.

    Error: a file that can't be read, files of different networks, a sample that two of them have seen.
    """
    if not isinstance(files, (list, tuple)):
        raise Error(f"merge takes a list of files, not {files!r}")
    files, nnq = [str(arguments.path(file, "a file to merge")) for file in files], load_compiler()
    check_writable(arguments.path(output, "output"))
    are_moments = {_holds_moments(file, nnq) for file in files}
    if not files or len(are_moments) > 1:
        raise Error("merge takes files of statistics or files of moments, one at least, and not both")
    if are_moments.pop():
        nnq.MomentsFile.merge(files, str(output))
        return
    whole = nnq.Calibration.read(files[0])
    names = set(whole.names)
    for file in files[1:]:
        part = nnq.Calibration.read(file)
        if found := sorted(names.symmetric_difference(part.names)):
            raise Error(f"{file}: has statistics of another network than {files[0]}: tensor {found[0]!r} is in one of them only")
        try:
            whole.merge(part)
        except Error as error:
            raise Error(f"{file}: {str(error).removeprefix(f'{file}: ')}") from None
    whole.write(str(output))


def _holds_moments(path, nnq):
    try:
        with open(path, "rb") as file:
            return file.read(len(nnq.MomentsFile.MAGIC)) == nnq.MomentsFile.MAGIC.encode()
    except OSError as error:
        raise Error(f"{path}: cannot be read: {error.strerror}") from None


@contextlib.contextmanager
def _scratch_beside(output):
    """A temporary folder, as large as the disk of `output` allows. Error: nothing can be written there, before hours have gone by."""
    if output.is_dir():
        raise Error(f"{output}: is a folder; name a file")
    try:
        with temporary_folder(prefix=f".{shortened(output.name)}.", suffix=".tmp", dir=output.parent) as scratch:
            yield scratch
    except OSError as error:
        raise Error(f"{output}: cannot be written: {error.strerror or error}") from None


def _observe(nnq, module, samples, first_sample, equalized, output, scratch, progress):
    model = compile_observed(module, lambda observed: compile_to_measure(observed, scratch / "observed", nnq.target("native")), progress)
    found = observe(nnq, model, samples, equalized, progress, first_sample)
    found.network = digest_of(module)
    found.write(str(output))


def _gather(nnq, module, samples, first_sample, statistics, quantization, output, scratch, progress):
    progress.stage("quantizing")
    observed = module.clone()
    observed.run_pipeline(pipelines.INSERT_OBSERVERS)
    settings = dataclasses.replace(quantization, weight_granularity="per_channel")
    pipelines.quantize(statistics, settings).run(module)
    networks = Stages(observed), Stages(module)
    moments.gather(nnq, networks, samples, first_sample, output, scratch, progress)
