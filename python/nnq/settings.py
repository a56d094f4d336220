"""How a network is quantized: dataclasses that check themselves and print as options of `nnq-quantize-pipeline`."""

import re
from dataclasses import dataclass

from .errors import Error

WEIGHTS = ("per-channel", "per-tensor")
ACTIVATIONS = ("asymmetric", "symmetric")
CORRECTIONS = ("auto", "bias", "affine", "none")
MODES = ("onnx",)
RANGES = ("mse", "min_max", "moving_average", "percentile", "entropy")


def _check_choice(name, value, choices):
    if value not in choices:
        raise Error(f"{name} is one of {', '.join(choices)}, not {value!r}")


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

    def pipeline_options(self):
        """The options of `nnq-quantize-pipeline` that say the same, apart from the calibration file."""
        options = {
            "method": self.ranges,
            "percentile": str(self.percentile) if self.ranges == "percentile" else None,
            "weights": self.weights.replace("-", "_"),
            "activations": self.activations,
            "rules": ",".join([*(f"keep={pattern}" for pattern in self.keep_float), *self.rules]) or None,
        }
        return " ".join(f"{key}={value}" for key, value in options.items() if value is not None)


@dataclass(frozen=True)
class Float:
    """No quantization: the network as it is, in f32."""


@dataclass(frozen=True)
class Given:
    """The model's own: it is quantized already, and its scales and zero points are kept."""
