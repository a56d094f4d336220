"""The pass pipelines of a compilation, as text that `nnq-opt --pass-pipeline` takes too. The only place that spells them."""

from dataclasses import dataclass, field

PREPARE = "nnq-prepare-pipeline"
EQUALIZE = "func.func(nnq-equalize-channels)"
INSERT_OBSERVERS = "func.func(nnq-insert-observers)"
OBSERVE = "nnq-observe-pipeline"
EXPOSE_LAYERS = "func.func(nnq-expose-layers)"
SPLIT_LAYERS = "nnq-split-layers{inputs=true}"
DEFAULT_PROFILE = "onnx"
"""What holds where a network names no profile."""

TAKE_GIVEN = "nnq-quantize-pipeline"
"""Without statistics: a network that is quantized already keeps its scales, and says what is left in float."""


def prepare(is_quantized, settings=None, profile=DEFAULT_PROFILE):
    """What an imported network goes through before it is calibrated or lowered.

    settings  Int8, or others, which change nothing here
    profile   the numerics profile, which the network carries from here on
    """
    steps = [PREPARE] if profile == DEFAULT_PROFILE else [PREPARE, f"nnq-set-profile{{profile={profile}}}"]
    if is_quantized:
        return [*steps, TAKE_GIVEN]
    return [*steps, EQUALIZE] if getattr(settings, "equalize", False) else steps


@dataclass(frozen=True)
class Step:
    """Passes that files or names of layers are handed to as they are: in the text of a pipeline, a quote or a comma would end them.

    run   function of a module
    text  the same for nnq-opt, as far as it can say it: it has no text for paths with quotes or single braces
    """

    run: object = field(compare=False)
    text: str

    def __str__(self):
        return self.text


def _option(name, value):
    """`name=value`, in braces where the value would end before."""
    return f"{name}={{{value}}}" if any(character in " '\"{}" for character in value) else f"{name}={value}"


def quantize(calibration, settings, bit_widths=None, simulate=False):
    """From a prepared float network to integers.

    calibration  path of the statistics
    settings     Int8
    bit_widths   path of the file of layers' widths, if there are any
    simulate     to stay in float, with switches that round
    """
    files = {"calibration": str(calibration)} | ({} if bit_widths is None else {"bit-widths": str(bit_widths)})
    options, rules = ("simulate=true " if simulate else "") + settings.pipeline_options, settings.all_rules
    texts = [*(_option(*file) for file in files.items()), options]
    if rules:
        texts.append(_option("rules", ",".join(rules)))

    def run(module):
        module.quantize(files["calibration"], options, files.get("bit-widths", ""), rules)

    return Step(run, f"nnq-quantize-pipeline{{{' '.join(texts)}}}")


def correct(corrections):
    """Folds measured gains and offsets of channels. `corrections`: path of their file."""
    file = str(corrections)
    return Step(lambda module: module.correct_channels(file), f"func.func(nnq-correct-channels{{{_option('file', file)}}})")


def replace_weights(weights):
    """Gives layers weights that were rounded elsewhere. `weights`: path of their file."""
    file = str(weights)
    return Step(lambda module: module.replace_weights(file), f"nnq-replace-weights{{{_option('file', file)}}}")


def lower(target, name, threads=1, tiles=None):
    """From there to LLVM's dialect, with NAME_run for a program to call. `tiles`: path of the file of layers' register tiles."""
    options = [f"target={target}", f"name={name}"] + ([f"threads={threads}"] if threads > 1 else [])
    return f"nnq-lower-to-llvm-pipeline{{{' '.join(options + ([] if tiles is None else [_option('tiles', str(tiles))]))}}}"


def whole(steps):
    """One pipeline of several, on a module."""
    return f"builtin.module({','.join(map(str, steps))})"
