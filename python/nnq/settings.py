"""How a network is quantized: dataclasses that check themselves and print as options of `nnq-quantize-pipeline`."""

import math
import re
from dataclasses import dataclass, field

from . import arguments
from .errors import Error

GRANULARITIES = ("per_channel", "per_tensor")
"""Of the scales of weights."""
ACTIVATIONS = ("asymmetric", "symmetric")
ROUNDINGS = ("second-order", "nearest")
BLOCKS = (32, 64, 128)
CORRECTIONS = ("auto", "bias", "affine", "none")
WIDTHS = ("w4a8", "w8a8", "w8a16", "float")
"""Of a layer: bits of its weights and of the activations that it reads."""
BUDGETS = ("bytes", "bops", "time")
METRICS = ("sqnr", "kl", "agreement")
"""What picked widths keep: the signal of the outputs over their noise, the distribution of classes, the first class."""
INPUT_BITS = ("auto", 8, 16)
WIDENINGS = ("auto", "none")
MOST_DB = 100
RANGE_METHODS = ("mse", "min_max", "moving_average", "percentile", "entropy")


def _check_choice(name, value, choices):
    if not isinstance(value, (str, int, type(None))) or value not in choices:
        raise Error(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}")


def _check_expression(name, pattern):
    try:
        re.compile(pattern)
    except re.error as error:
        raise Error(f"{name} has {pattern!r}, which is no regular expression: {error}") from None


def _check_budget(name, value):
    """A number of at least 0, or text of one, perhaps a percentage."""
    try:
        number = float(value.removesuffix("%") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not (math.isfinite(number) and number >= 0):
        raise Error(f"the budget of {name} is a number of at least 0 or a percentage of w8a8 such as '75%', not {value!r}")


def _check_patterns(name, patterns):
    if not isinstance(patterns, (list, tuple, set, frozenset)):
        raise Error(f"{name} is a list of strings, not {patterns!r}")
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern:
            raise Error(f"{name} has {pattern!r}; it needs text")


@dataclass(frozen=True)
class Int8:
    """Weights of 8 bits, activations of 8 bits, biases and accumulators of 32.

    weight_granularity  "per_channel" or "per_tensor": a symmetric scale of the weights for each output channel, or one
    activations         "asymmetric" (zero point by the range) or "symmetric" (zero point 0)
    range_method        how a range follows from the samples: mse, min_max, moving_average, percentile, entropy
    percentile          percentage of the values that `range_method="percentile"` keeps, in (50, 100]
    equalize            whether channels between layers are scaled to have weights of like size on both sides (docs/Passes.md,
                        nnq-equalize-channels); None: with weights per tensor, which need it
    correction          of each channel, measured on the samples: "bias" (its mean), "affine" (its gain too), "none", or "auto", the best
                        of them for samples held back
    input_bits          of the network's inputs, as layers with weights read them: 8, 16, or "auto": 16 where 8 would round the samples and the
                        layers do at most a twentieth of the products, which take longer then
    widen               "auto": tensors whose rounding harms the outputs most get more than 8 bits, where that wins 3 dB on samples held back and
                        costs at most a twentieth of the time; or "none"
    target_sqnr         in dB: tensors get more bits, and then layers stay in float, until each part of each output is so near to float on samples
                        held back; parts that differ by less than 0.01 of their range count as reached
    keep_float          regular expressions; layers whose names match stay in float
    rules               other exceptions, as --nnq-quantize takes them ("op:nnq.softmax=float", "exact:conv1=float")
    """

    weight_granularity: str = "per_channel"
    activations: str = "asymmetric"
    range_method: str = "mse"
    percentile: float = 99.999
    correction: str = "auto"
    input_bits: object = "auto"
    keep_float: tuple = ()
    rules: tuple = ()
    equalize: bool = None
    widen: str = "auto"
    target_sqnr: float = None

    def __post_init__(self):
        _check_choice("weight_granularity", self.weight_granularity, GRANULARITIES)
        _check_choice("equalize", self.equalize, (None, True, False))
        _check_choice("widen", self.widen, WIDENINGS)
        if self.target_sqnr is not None and not (isinstance(self.target_sqnr, (int, float)) and 0 < self.target_sqnr <= MOST_DB):
            raise Error(f"target_sqnr is a number of decibels above 0 and at most {MOST_DB}, not {self.target_sqnr!r}")
        if self.equalize is None:
            object.__setattr__(self, "equalize", self.weight_granularity == "per_tensor")
        _check_choice("activations", self.activations, ACTIVATIONS)
        _check_choice("range_method", self.range_method, RANGE_METHODS)
        _check_choice("correction", self.correction, CORRECTIONS)
        _check_choice("input_bits", self.input_bits, INPUT_BITS)
        if not (isinstance(self.percentile, (int, float)) and 50 < self.percentile <= 100):
            raise Error(f"percentile is above 50 and at most 100, not {self.percentile}")
        for name in ("keep_float", "rules"):
            _check_patterns(name, getattr(self, name))
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def narrowing(self, names):
        """How --nnq-narrow-weights is to narrow the weights of a network with layers of those names; None: not at all."""
        return None

    @property
    def all_rules(self):
        """Exceptions as --nnq-quantize takes them."""
        return [*(f"keep={pattern}" for pattern in self.keep_float), *self.rules]

    @property
    def pipeline_options(self):
        """The options of `nnq-quantize-pipeline` that say the same, apart from its files and the rules."""
        options = {
            "range-method": self.range_method,
            "percentile": str(self.percentile) if self.range_method == "percentile" else None,
            "weight-granularity": self.weight_granularity,
            "activations": self.activations,
        }
        return " ".join(f"{key}={value}" for key, value in options.items() if value is not None)


@dataclass(frozen=True)
class Int4(Int8):
    """Int8, but for weights of 4 bits where they are many.

    wide          layers that keep weights of 8 bits: regular expressions for whole names, or None for the first and the last layer,
                  depthwise convolutions and layers of less than 10,000 weights, where 4 bits cost much and save little
    rounding      "second-order" (by what the layers read, on the samples) or "nearest"
    weight_block  input channels that share a scale, 32, 64 or 128, in layers whose channels it divides; None: all of an output channel
    """

    wide: tuple = None
    rounding: str = ROUNDINGS[0]
    weight_block: int = None

    def __post_init__(self):
        super().__post_init__()
        _check_choice("rounding", self.rounding, ROUNDINGS)
        _check_choice("weight_block", self.weight_block, (None, *BLOCKS))
        if self.weight_granularity != "per_channel":
            raise Error(f"weights of 4 bits have a scale per channel, not {self.weight_granularity}")
        if self.wide is not None:
            _check_patterns("wide", self.wide)
            for pattern in self.wide:
                _check_expression("wide", pattern)
            object.__setattr__(self, "wide", tuple(self.wide))

    def narrowing(self, names):
        width = f"w4a8b{self.weight_block}" if self.weight_block else "w4a8"
        if self.wide is None:
            return {"width": width}
        kept = [name for name in names if any(re.fullmatch(pattern, name) for pattern in self.wide)]
        return {"width": width, "all": True, "keep": kept}


@dataclass(frozen=True)
class Mixed(Int8):
    """Int8, but with a width for each layer: given, or picked by what widths do to the network's output and what they cost.

    bit_widths   {layer: width}, or the path of a file of bit-widths (docs/BitWidths.md); other layers have w8a8. Or else
    budgets      {"bytes", "bops" or "time": what all layers with weights may cost, in bytes, bit operations, microseconds, or as a
                 percentage of w8a8 ("75%")}; the widths that keep to all of them with the least noise are picked
    metric       what the picked widths keep: "sqnr" of the outputs, or, of a network whose first output is a row of classes for each
                 sample, their distribution ("kl") or the first of them ("agreement")
    candidates   the widths to pick from
    sensitivity  path of the file of what widths do and cost: read if it is there and of this network, data and settings, else
                 measured and written, going on where an interrupted run ended; None for a file in the output's folder
    samples      how many of the calibration samples show what widths do
    rounding     of weights of 4 bits, as in Int4
    """

    bit_widths: object = None
    budgets: dict = field(default_factory=dict)
    metric: str = METRICS[0]
    candidates: tuple = WIDTHS[:2]
    sensitivity: str = None
    samples: int = 32
    rounding: str = ROUNDINGS[0]

    def __post_init__(self):
        super().__post_init__()
        _check_choice("rounding", self.rounding, ROUNDINGS)
        if self.weight_granularity != "per_channel":
            raise Error(f"weights of 4 bits have a scale per channel, not {self.weight_granularity}")
        budgets = arguments.dictionary(self.budgets, "budgets", "numbers or percentages")
        if (self.bit_widths is None) == (not budgets):
            raise Error("Mixed takes either bit_widths or budgets")
        for name, value in budgets.items():
            _check_choice("a budget", name, BUDGETS)
            _check_budget(name, value)
        _check_choice("metric", self.metric, METRICS)
        _check_patterns("candidates", self.candidates)
        for width in self.candidates:
            _check_choice("a candidate", width, WIDTHS)
        arguments.count(self.samples, "samples", 1)
        object.__setattr__(self, "candidates", tuple(self.candidates))
        for name in ("bit_widths", "sensitivity"):
            if not isinstance(value := getattr(self, name), (dict, type(None))):
                object.__setattr__(self, name, str(arguments.path(value, name)))
        if isinstance(self.bit_widths, dict):
            for layer, width in arguments.dictionary(self.bit_widths, "bit_widths", "widths").items():
                arguments.text(width, f"the width of layer {layer!r}")
        if isinstance(self.sensitivity, dict):
            raise Error(f"sensitivity is a path, not {self.sensitivity!r}")


@dataclass(frozen=True)
class Float:
    """No quantization: the network as it is, in f32."""


@dataclass(frozen=True)
class Given:
    """The model's own: it is quantized already, and its scales and zero points are kept."""
