"""The width of each layer: given, by a rule, or picked by what widths do to the network's output and what they cost."""

import math
from dataclasses import dataclass

import numpy as np

from . import arrays, bitwidths, sensitivity
from .errors import Error
from .layers import is_row_of_classes
from .output import check_writable
from .settings import METRICS, Mixed

MOST_PRODUCTS = 1 / 20
"""Inputs are read with 16 bits where that concerns at most this share of the products: they take about twice as long."""

ON_GRID = 0.02
"""Steps, in the root mean square, up to which values count as representable."""


@dataclass(frozen=True)
class Choice:
    """Widths, and how they were found.

    widths  {layer: width}; other layers have w8a8
    wide    tensors that the file which was given says are wide
    picked  what the manifest says of widths that keep to budgets; None for others
    notes   on layers whose widths can't be measured
    """

    widths: dict
    wide: tuple = ()
    picked: dict = None
    notes: tuple = ()


def check(nnq, settings, outputs):
    """Error: settings that can't give the layers of a network with such outputs their widths; said before anything is measured."""
    if not isinstance(settings, Mixed):
        return
    if settings.bit_widths is not None:
        _, wide = _given(nnq, settings.bit_widths)
        if wide and settings.target_sqnr is not None:
            raise Error(f"{settings.bit_widths}: says which tensors are wide, and target_sqnr picks them; leave one of them out")
        return
    if settings.target_sqnr is not None:
        raise Error("budgets and target_sqnr both pick widths, by what they may cost and by what they reach; leave one of them out")
    if settings.metric != METRICS[0] and not is_row_of_classes(outputs[0].shape):
        found = f"output {outputs[0].name!r} has shape {arrays.shape_text(outputs[0].shape)}"
        raise Error(f"metric {settings.metric} compares rows of classes, one for each sample, and {found}; pick by {METRICS[0]}")
    if settings.sensitivity is not None:
        check_writable(settings.sensitivity)


def choose(nnq, network, samples, file, scratch, progress):
    """The Choice for a sensitivity.Network.

    samples  of the network's inputs, or None
    file     where the widths are written, if there are any; a sensitivity file that the settings don't name gets a place beside it
    scratch  a folder for what is needed on the way
    """
    settings, layers = network.settings, nnq.find_layers(network.module)
    if isinstance(settings, Mixed) and settings.budgets:
        return _pick(nnq, network, samples, file, scratch, progress)
    widths = of_inputs(layers, settings.input_bits, lambda: _rounds_inputs(nnq, network, scratch))
    given, wide = _given(nnq, settings.bit_widths) if isinstance(settings, Mixed) else (settings.widths(layers), ())
    widths |= given
    if widths or wide:
        bitwidths.write(file, widths, wide)
    return Choice(widths, wide)


def _pick(nnq, network, samples, file, scratch, progress):
    measured, notes = sensitivity.measure(nnq, network, samples, file.parent, scratch, progress)
    progress.stage("picking bit-widths")
    budgets = network.settings.budgets
    choice = nnq.choose_bit_widths(str(measured), **budgets, metric=network.settings.metric)
    nnq.write_bit_widths(choice, str(file))
    return Choice(choice.layers, (), bitwidths.describe(nnq, measured, choice, budgets), tuple(notes))


def _given(nnq, widths):
    """{layer: width} and the names of wide tensors, of a file or a dict."""
    if not isinstance(widths, str):
        return widths, ()
    layers, wide = nnq.read_bit_widths(widths)
    return layers, tuple(wide)


def of_inputs(layers, bits, rounds):
    """{layer: "w8a16"} of those that read the network's inputs with 16 bits.

    layers  of the network, as Layer describes them
    bits    8, 16, or "auto": 16 if `rounds()`, whether 8 bits would round the inputs, and the layers do few of the products
    """
    readers = [layer for layer in layers if layer.reads_input]
    if readers and bits == "auto":
        share = sum(layer.multiplications for layer in readers) / max(1, sum(layer.multiplications for layer in layers))
        bits = 16 if share <= MOST_PRODUCTS and rounds() else 8
    return {layer.name: "w8a16" for layer in readers} if bits == 16 else {}


def _rounds_inputs(nnq, network, scratch):
    """Whether codes of 8 bits lose anything of the inputs, by the values that the statistics have of them."""
    statistics = nnq.Calibration.read(str(network.calibration))
    quantized = network.quantized(nnq, scratch, sensitivity.BASE)
    codes = {tensor.name: tensor for tensor in quantized.input_codes}

    def is_rounded(name):
        """An input that is scaled or shifted before layers read it is on no grid that is known."""
        values = statistics.values(name) if name in codes else None
        return values is None or not _are_on_grid(np.asarray(values, np.float32), codes[name])

    return any(is_rounded(tensor.name) for tensor in quantized.inputs)


def _are_on_grid(reals, tensor):
    """Whether codes of a tensor stand for all values. Rounding of arbitrary ones leaves 0.29 steps in the root mean square."""
    errors = (arrays.real_values(arrays.codes(reals, tensor), tensor) - reals) / tensor.scale
    return math.sqrt(np.square(errors).mean()) < ON_GRID
