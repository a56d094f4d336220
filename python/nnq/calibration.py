"""Calibration: samples run through the observed float model, and the statistics of its tensors."""

from .errors import DataError, Error


def observe(model, samples, output_count, calibration, progress, first_sample=0):
    """Runs every sample through `model`, whose outputs behind the first `output_count` are observed tensors, and records
    them in `calibration`, the first sample as number `first_sample` of the whole.

    DataError: NaN or infinity inside the network, with the tensor's name.
    """
    observed = model.outputs[output_count:]
    for index in progress.count(range(len(samples)), "calibrating"):
        outputs = model.run(samples[index])
        for tensor, values in zip(observed, outputs[output_count:]):
            try:
                calibration.observe(tensor.name, values, first_sample + index)
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
