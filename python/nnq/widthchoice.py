"""The width of each layer: given, by a rule, or picked by what widths do to the network's output and what they cost."""

from dataclasses import dataclass

from . import arrays, bitwidths, sensitivity
from .errors import Error
from .layers import is_row_of_classes
from .output import check_writable
from .settings import METRICS, Mixed

@dataclass(frozen=True)
class Choice:
    """Widths, and how they were found.

    widths  {layer: width}; other layers have w8a8
    wide    tensors that the file which was given says are wide
    picked  what the manifest says of widths that keep to budgets; None for others
    notes   on layers whose widths can't be measured, or that a pattern of zeros does not suit
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
    settings = network.settings
    if isinstance(settings, Mixed) and settings.budgets:
        return _pick(nnq, network, samples, file, scratch, progress)
    widths, notes = by_rule(nnq, network.module, settings, network.calibration)
    given, wide = _given(nnq, settings.bit_widths) if isinstance(settings, Mixed) else ({}, ())
    widths |= given
    if widths or wide:
        bitwidths.write(file, widths, wide)
    return Choice(widths, wide, notes=tuple(notes))


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


def by_rule(nnq, module, settings, calibration=None):
    """{layer: width} of those of a prepared network whose width is not w8a8, by passes, and what these remark; `calibration`: path of its
    statistics.
    """
    module = module.clone()
    if calibration is not None and settings.input_bits != 8:
        module.widen_inputs(str(calibration), settings.input_bits == 16, settings.pipeline_options, settings.all_rules)
    names = [layer.name for layer in nnq.find_layers(module)]
    narrowing, pruning, known = settings.narrowing(names), settings.pruning(names), len(module.remarks)
    if narrowing is not None:
        module.narrow_weights(**narrowing)
    if pruning is not None:
        module.prune_weights(**pruning)
    return module.bit_widths, module.remarks[known:]
