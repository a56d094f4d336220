"""Moments of what layers read: gathered over shards of samples, and weights rounded by them alone."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .errors import DataError, Error
from .settings import ROUNDINGS
from .stages import Stages, affordable_count, side_by_side

POSITIONS = 200
"""At most so many positions of a sample tell what a layer reads there."""

REFIT = 0
"""Of weights that are rounded by moments alone: no refit (RoundingOptions). The moments are of a network whose other layers have 8 bits; a
refit to its inputs makes weights small against noise that is not the compiled network's, and nothing behind takes that back.
"""


def measure(layer, kind, expected, found, indices, first_sample=0):
    """InputMoments of a layer over some samples, whose places in the whole begin at `first_sample`.

    kind             the tensor that the layer reads in the quantized network
    expected, found  what it reads in the float and in the quantized network, for each sample

    DataError: NaN or infinity inside the network.
    """
    scale, found = _as_bytes(kind, found)
    moments = layer.moments(scale)
    for index in indices:
        sample = first_sample + index
        try:
            layer.add_sample(moments, expected[index], found[index], kind.zero_point, sample, POSITIONS)
        except Error as error:
            raise DataError(f"layer '{layer.name}' in sample {sample}: {error}") from None
    return moments


def _as_bytes(kind, codes):
    """The scale and arrays of codes of a tensor, in 8 bits: codes of 16, which sums of moments have no room for, in a coarser scale."""
    if kind.type != "i16":
        return kind.scale, codes
    step = max(1, -(-max(int(np.abs(array.astype(np.int32)).max()) for array in codes) // 127))
    return kind.scale * step, [np.rint(array / step).astype(np.int8) for array in codes]


def gather(nnq, networks, samples, first_sample, output, scratch, progress):
    """Runs the Stages of the float and of the quantized network on samples and writes the moments of all layers to `output`.

    As many samples at a time as there is memory for; parts are written into the folder `scratch`.
    """
    float_stages, quantized_stages = networks
    measured = _find_layers(nnq, networks)
    at_a_time, parts = affordable_count(networks), []
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        for start in range(0, len(samples), at_a_time):
            batch = [samples[index] for index in range(start, min(start + at_a_time, len(samples)))]
            for network in networks:
                network.start(batch, executor)
            first = first_sample + start
            parts.append(str(scratch / f"{start}.moments"))
            writer = nnq.MomentsWriter(parts[-1], range(first, first + len(batch)))
            for name in side_by_side(float_stages, quantized_stages, progress, "measuring what layers read"):
                if name in measured:
                    layer, _ = measured[name]
                    inputs = float_stages.inputs, quantized_stages.inputs
                    writer.add(name, measure(layer, quantized_stages.input_type, *inputs, range(len(batch)), first))
            writer.commit()
    nnq.MomentsFile.merge(parts, str(output))


def round_weights(nnq, file, observed, quantized, widths):
    """Rounds layers' weights by the moments in `file`, by second order.

    observed, quantized   modules: the float network with its observers, the network that shall have the weights
    widths                {layer: width}

    Returns {tensor: (Layer, RoundedWeights)}, as `write_weights` takes it. Error: moments that are missing or of another network.
    """
    moments, blocks, rounded = nnq.MomentsFile(str(file)), quantized.weight_blocks, {}
    for name, (layer, scale) in _find_layers(nnq, (Stages(observed), Stages(quantized))).items():
        if layer.name not in widths:
            continue
        found = moments.load(name)
        if found.scale != scale:
            raise Error(
                f"{file}: has moments of another network: layer '{layer.name}' reads integers of scale {scale:.9g}, not {found.scale:.9g}; "
                "gather them with the statistics, ranges and activations that the network is quantized with"
            )
        rounded[name] = (layer, layer.round(found, widths[layer.name], REFIT, blocks[layer.name]))
    return rounded


def rounding_of(quantization):
    """How settings say that weights of few bits, or pruned ones, are rounded."""
    return getattr(quantization, "rounding", ROUNDINGS[0])


def check_settings(quantization, calibration, statistics, moments):
    """Error: settings that contradict what is given: samples, files of statistics and of moments, or None."""
    if moments is not None and statistics is None:
        raise Error("moments belong to statistics, of the same samples: give these too, as --statistics stats.json (statistics=...)")
    if moments is not None and rounding_of(quantization) == "nearest":
        raise Error("moments are to round weights by, and rounding is 'nearest'; leave one of them out")
    if calibration is None and getattr(quantization, "budgets", None):
        raise Error("widths are picked by what they do to samples: give some as --calibration samples.npz (calibration=...)")
    if calibration is None and quantization.target_sqnr is not None:
        raise Error("target_sqnr is reached by what is measured on samples: give some as --calibration samples.npz (calibration=...)")
    if calibration is None and quantization.correction in ("bias", "affine"):
        raise Error(
            f"correction '{quantization.correction}' is measured on samples: give some as --calibration samples.npz (calibration=...), "
            "or leave it out"
        )


def left_out_without_samples(quantization, has_narrow, has_pruned, moments):
    """Notes on what a network that is quantized without samples goes without."""
    if quantization.correction != "none":
        yield "channels are not corrected: that takes samples (--calibration)"
    if quantization.widen != "none":
        yield "no tensor is widened for what its rounding does to the outputs: that takes samples (--calibration)"
    if has_pruned and moments is None:
        yield "weights are pruned by magnitude: to do better takes moments (--moments) or samples (--calibration)"
    elif has_narrow and moments is None and rounding_of(quantization) != "nearest":
        yield "weights of few bits are rounded to nearest: to do better takes moments (--moments) or samples (--calibration)"


def _find_layers(nnq, networks):
    """{tensor: (Layer, scale of its input)} of layers with constant weights that read integers in the quantized one of two Stages."""
    float_stages, quantized_stages = networks
    integers = {}
    for _, module in quantized_stages.named_modules():
        integers.update(module.integer_layers)
    found = {}
    for name, module in float_stages.named_modules():
        layers = nnq.find_layers(module)
        if name in integers and layers and layers[-1].name == integers[name][0]:
            found[name] = (layers[-1], integers[name][1])
    return found
