"""The pass pipelines of a compilation, as text that `nnq-opt --pass-pipeline` takes too. The only place that spells them."""

PREPARE = "nnq-prepare-pipeline"
EQUALIZE = "func.func(nnq-equalize-channels)"
INSERT_OBSERVERS = "func.func(nnq-insert-observers)"
OBSERVE = "nnq-observe-pipeline"
EXPOSE_LAYERS = "func.func(nnq-expose-layers)"
SPLIT_LAYERS = "nnq-split-layers{inputs=true}"


TAKE_GIVEN = "nnq-quantize-pipeline"
"""Without statistics: a network that is quantized already keeps its scales, and says what is left in float."""


def prepare(is_quantized, settings=None):
    """What an imported network goes through before it is calibrated or lowered. `settings`: Int8, or others, which change nothing here."""
    if is_quantized:
        return [PREPARE, TAKE_GIVEN]
    return [PREPARE, EQUALIZE] if getattr(settings, "equalize", False) else [PREPARE]


def _option(name, value):
    """`name=value`, in braces where the value has blanks."""
    return f"{name}={{{value}}}" if " " in value else f"{name}={value}"


def quantize(calibration, settings, bit_widths=None, widths=None, simulate=False):
    """From a prepared float network to integers.

    calibration  path of the statistics
    settings     Int8
    bit_widths   path of the file of `widths`, {layer: width}, if there are any
    simulate     to stay in float, with switches that round
    """
    given = "" if bit_widths is None else f"{_option('bit-widths', str(bit_widths))} "
    kind = "simulate=true " if simulate else ""
    return f"nnq-quantize-pipeline{{{_option('calibration', str(calibration))} {given}{kind}{settings.pipeline_options(widths)}}}"


def correct(corrections):
    """Folds measured gains and offsets of channels. `corrections`: path of their file."""
    return f"func.func(nnq-correct-channels{{{_option('file', str(corrections))}}})"


def replace_weights(weights):
    """Gives layers weights that were rounded elsewhere. `weights`: path of their file."""
    return f"nnq-replace-weights{{{_option('file', str(weights))}}}"


def lower(target, threads=1):
    """From there to LLVM's dialect."""
    return f"nnq-lower-to-llvm-pipeline{{target={target}{f' threads={threads}' if threads > 1 else ''}}}"


def whole(steps):
    """One pipeline of several, on a module."""
    return f"builtin.module({','.join(steps)})"
