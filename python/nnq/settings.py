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
WIDTHS = ("w2a8", "codebook4a8", "w3a8", "w4a8", "nf4a8", "codebook16a8", "w8a8", "w8a16", "float")
"""Of a layer: the format of its weights, and the bits of the activations that it reads."""
CANDIDATES = ("w4a8", "w8a8")
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


def _check_levels(levels):
    if not isinstance(levels, (list, tuple)) or not 2 <= len(levels) <= 16:
        raise Error(f"levels are a list of 2 to 16 integers, not {levels!r}")
    for level in levels:
        if isinstance(level, bool) or not isinstance(level, int) or not -127 <= level <= 127:
            raise Error(f"levels are integers from -127 to 127, and have {level!r}")
    if any(low >= high for low, high in zip(levels, levels[1:])) or levels[-1] <= 0:
        raise Error(f"levels ascend to one above 0, and are {list(levels)}")


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
class _FewBits(Int8):
    """Weights of fewer than 8 bits where they are many; Int4 says what the settings mean."""

    wide: tuple = None
    rounding: str = ROUNDINGS[0]
    weight_block: int = None

    def __post_init__(self):
        super().__post_init__()
        _check_choice("rounding", self.rounding, ROUNDINGS)
        _check_choice("weight_block", self.weight_block, (None, *BLOCKS))
        if self.weight_granularity != "per_channel":
            raise Error(f"weights of few bits have a scale per channel, not {self.weight_granularity}")
        if self.wide is not None:
            _check_patterns("wide", self.wide)
            for pattern in self.wide:
                _check_expression("wide", pattern)
            object.__setattr__(self, "wide", tuple(self.wide))

    @property
    def weight_format(self):
        """Of the weights, as a width has it: "w4", "codebook16" (include/nnq/Quantization/WeightFormat.h)."""
        return self.format

    def narrowing(self, names):
        width = f"{self.weight_format}a8" + (f"b{self.weight_block}" if self.weight_block else "")
        if self.wide is None:
            return {"width": width}
        kept = [name for name in names if any(re.fullmatch(pattern, name) for pattern in self.wide)]
        return {"width": width, "all": True, "keep": kept}


class Int7(_FewBits):
    """Weights of 7 bits. Settings as Int4."""

    format = "w7"


class Int4(_FewBits):
    """Int8, but for weights of 4 bits where they are many, two to a byte.

    wide          layers that keep weights of 8 bits: regular expressions for whole names, or None for the first and the last layer,
                  depthwise convolutions and layers of less than 10,000 weights, where few bits cost much and save little
    rounding      "second-order" (by what the layers read, on the samples) or "nearest"
    weight_block  input channels that share a scale, 32, 64 or 128, in layers whose channels it divides; None: all of an output channel
    """

    format = "w4"


class Int3(_FewBits):
    """Weights of 3 bits, two to a byte. Settings as Int4."""

    format = "w3"


class Int2(_FewBits):
    """Weights of 2 bits, four to a byte. Settings as Int4."""

    format = "w2"


class Ternary(_FewBits):
    """Weights of -1, 0 and 1, four to a byte. Settings as Int4."""

    format = "ternary"


class Binary(_FewBits):
    """Weights of -1 and 1, eight to a byte. Settings as Int4."""

    format = "binary"


class NF4(_FewBits):
    """Weights at the 16 quantiles of NormalFloat 4 (QLoRA, arXiv:2305.14314), two to a byte. Settings as Int4."""

    format = "nf4"


@dataclass(frozen=True)
class Codebook(_FewBits):
    """Weights that share a few values, which are looked up as they are multiplied. Settings as Int4, and

    entries  16 levels, two weights to a byte, or 4 levels, four to a byte; each layer's are learned from its weights and what it reads
    levels   the levels instead, the same for all layers: 2 to 16 ascending integers from -127 to 127, times a scale for each channel
    """

    entries: int = 16
    levels: tuple = None

    def __post_init__(self):
        super().__post_init__()
        _check_choice("entries", self.entries, (4, 16))
        if self.levels is not None:
            _check_levels(self.levels)
            object.__setattr__(self, "levels", tuple(self.levels))

    @property
    def weight_format(self):
        return f"codebook{self.entries}" if self.levels is None else f"codebook({'|'.join(map(str, self.levels))})"


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
    rounding     of weights of few bits, as in Int4
    """

    bit_widths: object = None
    budgets: dict = field(default_factory=dict)
    metric: str = METRICS[0]
    candidates: tuple = CANDIDATES
    sensitivity: str = None
    samples: int = 32
    rounding: str = ROUNDINGS[0]

    def __post_init__(self):
        super().__post_init__()
        _check_choice("rounding", self.rounding, ROUNDINGS)
        if self.weight_granularity != "per_channel":
            raise Error(f"weights of few bits have a scale per channel, not {self.weight_granularity}")
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
