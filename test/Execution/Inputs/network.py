"""Builds the text of networks of nnq operations with random weights, and the inputs that they run on.

Scales of results are chosen so that the codes fill the range and some saturate: a result that is all one code shows
nothing. Everything follows from the seed.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

RANGES = {
    "i1": (0, 1), "u2": (0, 3), "i2": (-2, 1), "u4": (0, 15), "i4": (-8, 7), "u8": (0, 255), "i8": (-128, 127), "u16": (0, 65535), "i16": (-32768, 32767),
    "i32": (-(2**31), 2**31 - 1), "u32": (0, 2**32 - 1), "i64": (-(2**63), 2**63 - 1), "u64": (0, 2**64 - 1), "bool": (0, 1),
}  # fmt: skip
DTYPES = {
    "f32": np.float32, "i1": np.uint8, "u2": np.uint8, "i2": np.int8, "u4": np.uint8, "i4": np.int8, "u8": np.uint8, "i8": np.int8, "u16": np.uint16,
    "i16": np.int16, "i32": np.int32, "u32": np.uint32, "i64": np.int64, "u64": np.uint64, "bool": np.bool_,
}  # fmt: skip


@dataclass(frozen=True)
class Type:
    """`f32`, a quantized element type, integers that are `plain`, or positions in the codebook `levels`, codes of i8. `scales` has one element, or one per index of `axis`, where `zero` may too, or nested tuples with
    one per block."""

    storage: str = "f32"
    scales: tuple = (1.0,)
    zero: int | tuple = 0
    axis: int | None = None
    narrow: bool = False  # without the least code
    blocks: tuple | None = None  # sizes along each dimension; then scales and zero points are nested tuples
    plain: bool = False
    levels: tuple | None = None  # ascending

    def __str__(self):
        if self.levels:
            return f"!nnq.quantile<{self.storage}:{replace(self, storage='i8', levels=None)}, {{{', '.join(map(str, self.levels))}}}>"
        if self.storage == "f32":
            return "f32"
        if self.plain:
            return {"bool": "i1"}.get(self.storage, self.storage.replace("u", "ui"))
        bounds = f"<{RANGES[self.storage][0] + 1}:{RANGES[self.storage][1]}>" if self.narrow else ""
        if self.blocks:
            sizes = ", ".join(f"{d}:{size}" for d, size in enumerate(self.blocks))
            return f"!quant.uniform<{self.storage}{bounds}:f32:{{{sizes}}}, {nested(self.scales, self.zero)}>"
        if self.axis is None:
            return f"!quant.uniform<{self.storage}{bounds}:f32, {real(self.scales[0])}:{self.zero}>"
        zeros = self.zero if isinstance(self.zero, tuple) else (self.zero,) * len(self.scales)
        each = ", ".join(f"{real(scale)}:{zero}" for scale, zero in zip(self.scales, zeros, strict=True))
        return f"!quant.uniform<{self.storage}{bounds}:f32:{self.axis}, {{{each}}}>"

    @property
    def is_float(self):
        return self.storage == "f32"

    @property
    def range(self):
        if self.levels:
            return 0, len(self.levels) - 1
        low, high = RANGES[self.storage]
        return low + self.narrow, high

    @property
    def size(self):
        """The root mean square of what its codes stand for."""
        codes = np.array(self.levels) if self.levels else np.arange(self.range[0], self.range[1] + 1) - np.mean(self.zero)
        return math.sqrt(np.mean(codes**2)) * float(np.mean(self.scales))


F32 = Type()


def real(value):
    """An f32 in digits that name it exactly."""
    text = f"{float(np.float32(value)):.9e}"
    return {"inf": "0x7F800000", "-inf": "0xFF800000"}.get(f"{float(value)}", text)


def nested(scales, zeros):
    """`{{0.5:1, 0.25:2}, ...}`."""
    if not isinstance(scales, tuple):
        return f"{real(scales)}:{zeros}"
    return "{" + ", ".join(map(nested, scales, zeros)) + "}"


def tuple_of(array):
    return tuple(map(tuple_of, array)) if array.ndim else array.item()


def u8(scale=0.05, zero=128):
    return Type("u8", (scale,), zero)


def i8(scale=0.05, zero=0):
    return Type("i8", (scale,), zero)


def integer(storage):
    return Type(storage, plain=True)


BOOL, I32, I64 = integer("bool"), integer("i32"), integer("i64")


@dataclass(frozen=True)
class Value:
    """`bits`: whether docs/Semantics.md fixes its bits; else it is a float of some tolerance, or codes within one."""

    name: str
    shape: tuple
    type: Type
    bits: bool = True

    def __str__(self):
        return f"tensor<{'x'.join(map(str, (*self.shape, self.type)))}>"


class Network:
    """The function @main of a module. Operations append themselves; `result` makes a value an output."""

    def __init__(self, name, seed=1):
        self.name = name
        self.random = np.random.default_rng(seed)
        self.lines, self.inputs, self.data, self.results = [], [], [], []
        self.symbols = ()  # what its object file takes from the C library
        self.units = None  # in the last place, that floats without fixed bits may differ by; else a tolerance of their tensor
        self.count = 0

    def fresh(self):
        self.count += 1
        return f"%{self.count - 1}"

    #
    # Values from nothing
    #

    def input(self, shape, type):
        value = Value(f"%in{len(self.inputs)}", tuple(shape), type)
        self.inputs.append(value)
        self.data.append(self.codes(shape, type))
        return value

    def codes(self, shape, type):
        """Random over the whole range with stretches of its ends, where sums are largest; normal for floats."""
        if type.is_float:
            return self.random.standard_normal(shape).astype(np.float32)
        low, high = type.range
        if type.plain:
            return self.random.integers(low, high, shape, DTYPES[type.storage], endpoint=True)
        codes = self.random.integers(low, high + 1, shape, np.int32)
        flat = codes.reshape(-1)
        for end in (low, high):
            start = int(self.random.integers(0, flat.size))
            flat[start : start + flat.size // 8] = end
        return codes

    def constant(self, array, type):
        stored = np.ascontiguousarray(array).astype(DTYPES[type.storage])
        value = Value(self.fresh(), stored.shape, type)
        element = {"bool": "i8"}.get(type.storage, type.storage.replace("u", "i"))
        shape = "x".join(map(str, stored.shape))
        if element == "i1":  # eight in a byte
            stored = np.packbits(stored, bitorder="little")
        self.lines.append(f'{value.name} = nnq.constant dense<"0x{stored.tobytes().hex().upper()}"> : tensor<{shape}x{element}> -> {value}')
        return value

    def weights(self, shape, per_channel=True, narrow=False, scale=0.01, storage="i8", zero=0, block=None, shared=False, levels=None, mask=None):
        """Weights, output channels first; `block` input channels to a scale, a multiple of its channel's unit if `shared`; of a codebook
        where there are `levels`; 0 but where `mask`, a function of random numbers and the shape, says otherwise."""
        if block:
            counts = (shape[0], *(1 for _ in shape[2:]), shape[-1] // block)
            if shared:
                units = (scale / 100 * self.random.uniform(0.5, 2.0, (shape[0], *[1] * (len(shape) - 1)))).astype(np.float32)
                reals = (units.view(np.uint32) & 0xFFFFFF00).view(np.float32) * self.random.integers(50, 256, counts).astype(np.float32)
            else:
                reals = (scale * self.random.uniform(0.5, 2.0, counts)).astype(np.float32)
            scales = tuple_of(reals)
            zeros = tuple_of(self.random.choice(zero, counts)) if isinstance(zero, tuple) else tuple_of(np.full(counts, zero))
            type = Type(storage, scales, zeros, None, narrow, (1, *shape[1:-1], block), levels=levels)
            return self.constant(self.codes(shape, type), type)
        scales = tuple(scale * self.random.uniform(0.5, 2.0, shape[0])) if per_channel else (scale,)
        type = Type(storage, scales, zero, 0 if per_channel else None, narrow, levels=levels)
        codes = self.codes(shape, type)
        return self.constant(codes * mask(self.random, shape) if mask else codes, type)

    def bias(self, x, weights, size=2000):
        """The i32 bias of a layer, with the scales that accumulate (A5) asks for."""
        scales = tuple(float(np.float32(x.type.scales[0]) * np.float32(s)) for s in weights.type.scales)
        type = Type("i32", scales, 0, weights.type.axis)
        return self.constant(self.random.integers(-size, size, weights.shape[:1]), type)

    def float_constant(self, shape, scale=1.0):
        return self.constant(scale * self.random.standard_normal(shape), F32)

    #
    # Operations
    #

    def op(self, text, operands, shape, type, bits=None, types=None):
        """Appends `%n = text : operand types -> result type`, with {0}, {1}, ... for the operands in `text`."""
        if bits is None:
            bits = all(o.bits for o in operands)
        value = Value(self.fresh(), tuple(shape), type, bits)
        text = text.format(*(o.name for o in operands))
        self.lines.append(f"{value.name} = nnq.{text} : {', '.join(map(str, operands))} -> {value}")
        return value

    def spread(self, x, weights, terms):
        """The standard deviation of a sum of `terms` products, as a real number."""
        return math.sqrt(terms) * x.type.size * weights.type.size

    def scaled(self, type, spread):
        """`type` with a scale at which values of this spread use the codes, and some leave them."""
        return type if type.is_float else Type(type.storage, (2.5 * spread / ((type.range[1] + 1 - type.range[0]) // 2),), type.zero)

    def layer(self, mnemonic, x, weights, attributes, shape, out, bias, terms):
        """conv2d, transposed_conv2d, fully_connected: `out`'s scale is chosen here."""
        operands = [x, weights]
        if x.type.is_float:
            if bias:
                operands.append(self.float_constant(weights.shape[:1]))
            return self.op(f"{mnemonic} {places(operands)}{attributes}", operands, shape, out, bits=False)
        if bias:
            operands.append(self.float_constant(weights.shape[:1], 0.5) if weights.type.blocks else self.bias(x, weights))
        type = self.scaled(out, self.spread(x, weights, terms))
        return self.op(f"{mnemonic} {places(operands)}{attributes}", operands, shape, type)

    def layer_weights(self, x, shape, **attributes):
        if x.type.is_float and "storage" not in attributes:
            return self.float_constant(shape, 1 / math.sqrt(math.prod(shape[1:])))
        return self.weights(shape, **attributes)

    def conv2d(self, x, outputs, kernel, out, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), groups=1, bias=True, **of_weights):
        n, h, w, c = x.shape
        weights = self.layer_weights(x, (outputs, *kernel, c // groups), **of_weights)
        size = [(e + pads[i] + pads[i + 2] - (kernel[i] - 1) * dilations[i] - 1) // strides[i] + 1 for i, e in enumerate((h, w))]
        attributes = f" strides = {list(strides)} pads = {list(pads)} dilations = {list(dilations)} groups = {groups}"
        return self.layer("conv2d", x, weights, attributes, (n, *size, outputs), out, bias, kernel[0] * kernel[1] * c // groups)

    def transposed_conv2d(self, x, outputs, kernel, out, strides=(1, 1), pads=(0, 0, 0, 0), output_pads=(0, 0), dilations=(1, 1), groups=1,
                          bias=True, **of_weights):
        n, h, w, c = x.shape
        weights = self.layer_weights(x, (outputs, *kernel, c // groups), **of_weights)
        size = [(e - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 - pads[i] - pads[i + 2] + output_pads[i] for i, e in enumerate((h, w))]
        attributes = (f" strides = {list(strides)} pads = {list(pads)} output_pads = {list(output_pads)} dilations = {list(dilations)} "
                      f"groups = {groups}")
        terms = max(1, kernel[0] * kernel[1] // (strides[0] * strides[1])) * c // groups
        return self.layer("transposed_conv2d", x, weights, attributes, (n, *size, outputs), out, bias, terms)

    def fully_connected(self, x, outputs, out, bias=True, **of_weights):
        weights = self.layer_weights(x, (outputs, x.shape[-1]), **of_weights)
        return self.layer("fully_connected", x, weights, "", (*x.shape[:-1], outputs), out, bias, x.shape[-1])

    def binary(self, mnemonic, a, b, out, bits=None):
        return self.op(mnemonic + " {0}, {1}", [a, b], np.broadcast_shapes(a.shape, b.shape), out, bits)

    def clamp(self, x, low, high, out=None):
        return self.op(f"clamp {{0}} min = {real(low)} max = {real(high)}", [x], x.shape, out or x.type)

    def unary(self, kind, x, out, alpha=None, beta=None, bits=None):
        parameters = ", ".join(f"{k} = {real(v)} : f32" for k, v in (("alpha", alpha), ("beta", beta)) if v is not None)
        return self.op(f"unary {kind} {{0}}" + (f" {{{{{parameters}}}}}" if parameters else ""), [x], x.shape, out, bits)

    def requantize(self, x, out):
        return self.op("requantize {0}", [x], x.shape, out)

    def pool(self, x, kernel, strides, pads, out=None, count_padding=False, dilations=None):
        """Maximum where `out` is None, else the mean."""
        wide = dilations or (1, 1)
        size = [(e + pads[i] + pads[i + 2] - (kernel[i] - 1) * wide[i] - 1) // strides[i] + 1 for i, e in enumerate(x.shape[1:3])]
        window = f"{{0}} kernel = {list(kernel)} strides = {list(strides)} pads = {list(pads)}"
        shape = (x.shape[0], *size, x.shape[3])
        if out is None:
            return self.op(f"max_pool2d {window} dilations = {list(wide)}", [x], shape, x.type)
        return self.op(f"avg_pool2d {window}{' {{count_padding}}' if count_padding else ''}", [x], shape, out, bits=not x.type.is_float)

    def reduce(self, kind, x, axes, out=None):
        shape = [1 if i in axes else e for i, e in enumerate(x.shape)]
        exact = kind in ("max", "min") or not x.type.is_float
        return self.op(f"reduce {kind} {{0}} axes = {list(axes)}", [x], shape, out or x.type, bits=exact and x.bits)

    def result(self, value):
        self.results.append(value)

    def text(self):
        arguments = ", ".join(f"{v.name}: {v}" for v in self.inputs)
        types = ", ".join(map(str, self.results))
        body = "\n  ".join(self.lines)
        names = ", ".join(v.name for v in self.results)
        return f"func.func @main({arguments}) -> ({types}) {{\n  {body}\n  return {names} : {types}\n}}\n"

    def where(self, index):
        """The operation that result `index` comes from, without large attributes."""
        name = self.results[index].name
        return next((line for line in self.lines if line.startswith(f"{name} = ")), name)


def places(operands):
    return ", ".join(f"{{{i}}}" for i in range(len(operands)))
