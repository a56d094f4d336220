"""Calibration: samples run through the observed float model, and the statistics of its tensors."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

from . import pipelines
from .errors import DataError, Error


def compile_observed(module, compile, progress):
    """The float network of a module as a Model that returns its observed tensors behind its outputs; `compile` makes it of a module."""
    progress.stage("compiling the float model")
    observed = module.clone()
    observed.run_pipeline(pipelines.OBSERVE)
    return compile(observed)


def observe(nnq, model, samples, output_count, equalized, progress, first_sample=0):
    """Runs every sample through `model`, as `compile_observed` makes it, and returns the Calibration of its observed tensors.

    output_count  outputs of the network, behind which those tensors are
    equalized     whether the network's channels are
    first_sample  the place of the first sample in the whole

    As many samples run at once as there are processors.

    DataError: NaN or infinity inside the network, with the tensor's name.
    """
    calibration = nnq.Calibration()
    calibration.equalized = equalized
    names, at_once = [tensor.name for tensor in model.outputs[output_count:]], os.cpu_count()

    def record(name, first, arrays):
        for index, values in enumerate(arrays):
            calibration.observe(name, values, first_sample + first + index)

    with ThreadPoolExecutor(at_once) as executor:
        for first in progress.count(range(0, len(samples), at_once), "calibrating"):
            batch = [samples[index] for index in range(first, min(first + at_once, len(samples)))]
            outputs = executor.map(model.run, batch)
            by_tensor = zip(*(arrays[output_count:] for arrays in outputs))
            try:
                [*executor.map(record, names, itertools.repeat(first), by_tensor)]
            except Error as error:
                raise DataError(str(error)) from None
    return calibration


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
