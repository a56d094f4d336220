"""Calibration: samples run through the observed float model, and the statistics of its tensors."""

import hashlib
import os
import pathlib
from concurrent.futures import ThreadPoolExecutor

from . import pipelines
from .errors import DataError, Error
from .interruption import temporary_folder


def compile_observed(module, compile, progress):
    """The float network of a module as a Model whose tensors are observed; `compile` makes it of a module."""
    progress.stage("compiling the float model")
    observed = module.clone()
    observed.run_pipeline(pipelines.OBSERVE)
    return compile(observed)


def bytes_of(module):
    """A module as bytecode."""
    with temporary_folder(prefix="nnq-") as folder:
        file = pathlib.Path(folder) / "network.mlirbc"
        module.write_bytecode(str(file))
        return file.read_bytes()


def digest_of(module):
    """What tells a prepared network from others, in short."""
    return hashlib.sha256(bytes_of(module)).hexdigest()[:32]


def observe(nnq, model, samples, equalized, progress, first_sample=0):
    """Runs every sample through `model`, as `compile_observed` makes it, and returns the Calibration of its observed tensors.

    equalized     whether the network's channels are
    first_sample  the place of the first sample in the whole

    As many samples run at once as there are processors. Each tensor is counted when it is computed, and none is kept; each processor
    has counts of its own, which add up to the bit.

    DataError: NaN or infinity inside the network, with the tensor's name.
    """
    at_once = min(os.cpu_count(), len(samples))
    parts = [nnq.Calibration() for _ in range(at_once)]

    def count(part, index):
        model.observe(samples[index], lambda name, values: part.observe(name, values, first_sample + index))

    with ThreadPoolExecutor(at_once) as executor:
        for first in progress.count(range(0, len(samples), at_once), "calibrating"):
            try:
                [*executor.map(count, parts, range(first, min(first + at_once, len(samples))))]
            except Error as error:
                raise DataError(f"{error}; leave that sample out, or keep the network in float (--float)") from None
    whole = parts[0]
    for part in parts[1:]:
        whole.merge(part)
    whole.equalized = equalized
    return whole


def read_statistics(nnq, path, settings):
    """The Calibration in a file. Error: it can't be read, or is of another network than these settings calibrate."""
    statistics = nnq.Calibration.read(str(path))
    if statistics.equalized != settings.equalize:
        found, wanted = ("with", "without") if statistics.equalized else ("without", "with")
        raise Error(
            f"{path}: has statistics of the network {found} equalized channels, and that {wanted} is to be quantized; calibrate and "
            "compile alike, with --equalize or --no-equalize (nnq.Int8(equalize=...))"
        )
    return statistics
