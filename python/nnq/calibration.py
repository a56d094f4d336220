"""Calibration: samples run through the observed float model, and the statistics of its tensors."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor

from .errors import DataError, Error


def observe(model, samples, output_count, calibration, progress, first_sample=0):
    """Runs every sample through `model`, whose outputs behind the first `output_count` are observed tensors, and records
    them in `calibration`, the first sample as number `first_sample` of the whole. As many samples at once as there are processors.

    DataError: NaN or infinity inside the network, with the tensor's name.
    """
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
