"""How a network is quantized: dataclasses that check themselves and print as options of `nnq-quantize-pipeline`."""

import re
from dataclasses import dataclass

from .errors import Error

WEIGHTS = ("per-channel", "per-tensor")
ACTIVATIONS = ("asymmetric", "symmetric")
ROUNDINGS = ("second-order", "nearest")
BLOCKS = (32, 64, 128)
CORRECTIONS = ("auto", "bias", "affine", "none")
MODES = ("onnx",)
RANGES = ("mse", "min_max", "moving_average", "percentile", "entropy")


def _check_choice(name, value, choices):
    if value not in choices:
        raise Error(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}")


def _check_patterns(name, patterns):
    if isinstance(patterns, str):
        raise Error(f"{name} is a list of strings, not the string {patterns!r}")
    for pattern in patterns:
        if not isinstance(pattern, str) or not pattern or re.search(r"[\s,{}'\"]", pattern):
            raise Error(f"{name} has {pattern!r}; it needs text without blanks, commas, quotes and braces")


@dataclass(frozen=True)
class Int8:
    """Weights of 8 bits, activations of 8 bits, biases and accumulators of 32.

    weights      "per-channel" or "per-tensor": a symmetric scale for each output channel, or one
    activations  "asymmetric" (zero point by the range) or "symmetric" (zero point 0)
    ranges       how a range follows from the samples: mse, min_max, moving_average, percentile, entropy
    percentile   percentage of the values that `ranges="percentile"` keeps, in (50, 100]
    correction   of each channel, measured on the samples: "bias" (its mean), "affine" (its gain too), "none", or "auto", the best
                 of them for samples held back
    keep_float   regular expressions; layers whose names match stay in float
    rules        other exceptions, as --nnq-quantize takes them ("op:nnq.softmax=float")
    """

    weights: str = "per-channel"
    activations: str = "asymmetric"
    ranges: str = "mse"
    percentile: float = 99.999
    correction: str = "auto"
    keep_float: tuple = ()
    rules: tuple = ()

    def __post_init__(self):
        _check_choice("weights", self.weights, WEIGHTS)
        _check_choice("activations", self.activations, ACTIVATIONS)
        _check_choice("ranges", self.ranges, RANGES)
        _check_choice("correction", self.correction, CORRECTIONS)
        if not 50 < self.percentile <= 100:
            raise Error(f"percentile is above 50 and at most 100, not {self.percentile}")
        for name in ("keep_float", "rules"):
            _check_patterns(name, getattr(self, name))
            object.__setattr__(self, name, tuple(getattr(self, name)))

    def narrow_layers(self, layers):
        """{name: width} of those layers, as Layer describes them, whose weights have less than 8 bits."""
        return {}

    def narrow_schemes(self, bits):
        """How weights of so many bits are quantized, as rules of --nnq-quantize say it."""
        return [f"bits{bits}"]

    def pipeline_options(self, narrow=None):
        """The options of `nnq-quantize-pipeline` that say the same, apart from the calibration file; `narrow`: see narrow_layers."""
        narrow_rules = [f"name:{_pattern(name)}={scheme}" for name, bits in (narrow or {}).items() for scheme in self.narrow_schemes(bits)]
        options = {
            "method": self.ranges,
            "percentile": str(self.percentile) if self.ranges == "percentile" else None,
            "weights": self.weights.replace("-", "_"),
            "activations": self.activations,
            "rules": ",".join([*narrow_rules, *(f"keep={pattern}" for pattern in self.keep_float), *self.rules]) or None,
        }
        return " ".join(f"{key}={value}" for key, value in options.items() if value is not None)


def _pattern(name):
    """A regular expression for a layer's name that needs no quoting in a pipeline."""
    return re.sub(r"[^A-Za-z0-9_/-]", ".", name)


@dataclass(frozen=True)
class Int4(Int8):
    """Int8, but for weights of 4 bits where they are many.

    wide      layers that keep weights of 8 bits: regular expressions for whole names, or None for the first and the last layer,
              depthwise convolutions and layers of less than 10,000 weights, where 4 bits cost much and save little
    rounding  "second-order" (by what the layers read, on the samples) or "nearest"
    block     input channels that share a scale, 32, 64 or 128, in layers whose channels it divides; None: all of an output channel
    """

    wide: tuple = None
    rounding: str = ROUNDINGS[0]
    block: int = None

    FEWEST_WEIGHTS = 10_000

    def __post_init__(self):
        super().__post_init__()
        _check_choice("rounding", self.rounding, ROUNDINGS)
        _check_choice("block", self.block, (None, *BLOCKS))
        if self.weights != "per-channel":
            raise Error(f"weights of 4 bits have a scale per channel, not {self.weights}")
        if self.wide is not None:
            _check_patterns("wide", self.wide)
            object.__setattr__(self, "wide", tuple(self.wide))

    def narrow_layers(self, layers):
        if self.wide is not None:
            return {layer.name: 4 for layer in layers if not any(re.fullmatch(pattern, layer.name) for pattern in self.wide)}
        return {layer.name: 4 for layer in layers[1:-1] if layer.weights >= self.FEWEST_WEIGHTS and not layer.is_depthwise}

    def narrow_schemes(self, bits):
        return super().narrow_schemes(bits) + ([f"block{self.block}"] if self.block else [])


@dataclass(frozen=True)
class Float:
    """No quantization: the network as it is, in f32."""


@dataclass(frozen=True)
class Given:
    """The model's own: it is quantized already, and its scales and zero points are kept."""
