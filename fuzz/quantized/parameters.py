"""Random scales, zero points, codes and reals, of sizes that keep most results inside their range."""

import math
from dataclasses import replace

import numpy as np
from common.graph import ELEMENTS, MICROSOFT, Value, limits


WIDE = ("u16", "i16")


def generator(c):
    return np.random.default_rng(c.below(1 << 16))


def shape(c, rank, largest=6):
    """Sizes from 1; channels sometimes fill a vector and more."""
    sizes = [c.between(1, largest) for _ in range(rank)]
    if rank >= 2 and c.chance(15):
        sizes[1] = c.pick((8, 16, 17, 33))
    if rank >= 3:
        sizes[0] = 2 if c.chance(15) else 1
    return tuple(sizes)


def scale(c, near):
    """An f32 near a wanted one; the simple choice is a power of two, whose quotients tie."""
    power = 2.0 ** round(math.log2(max(near, 1e-12)))
    mantissa = 1 + c.below(4096) / 4096 if c.chance(80) else 1.0
    return float(np.float32(power * mantissa))


def element(c, wide=True):
    options = {"u8": 45, "i8": 35}
    if wide:
        options |= {"u16": 8, "i16": 12}
    return c.weighted(options)


def any_code(c, element):
    low, high = limits(element)
    return low + c.below(high - low + 1)


def quantization(c, element, reach):
    """Scale and zero point with which values up to about `reach` fill the range."""
    low, high = limits(element)
    middle = 0 if low < 0 else (high + 1) // 2
    where = c.weighted({"middle": 60, "any": 25, "low": 10, "high": 5})
    zero = {"middle": middle, "low": low, "high": high}[where] if where != "any" else any_code(c, element)
    return scale(c, reach / (high - low) * c.pick((2, 1, 4, 8))), zero


def codes(c, element, shape):
    """An array of codes."""
    low, high = limits(element)
    kind = c.weighted({"constant": 4, "any": 80, "ends": 10, "near": 6})
    random = generator(c)
    if kind == "constant":
        return np.full(shape, low + random.integers(0, high - low + 1))
    if kind == "ends":
        return random.choice([low, high], shape)
    if kind == "near":
        middle = (low + high) // 2
        return random.integers(max(low, middle - 4), min(high, middle + 4) + 1, shape)
    return random.integers(low, high + 1, shape)


def reals(c, shape, reach):
    """An array of f32; some lie outside of the range that `reach` stands for."""
    kind = c.weighted({"constant": 4, "normal": 80, "halves": 16})
    random = generator(c)
    if kind == "constant":
        return np.full(shape, reach / 2, np.float32)
    if kind == "halves":
        return (random.integers(-8, 9, shape) * np.float32(reach / 8)).astype(np.float32)
    return (random.standard_normal(shape) * (reach / 2)).astype(np.float32)


def code_value(c, shape, element, reach=1.0):
    """A quantized Value without a name."""
    s, z = quantization(c, element, reach)
    low, high = limits(element)
    return Value("", tuple(shape), element, s, z, s * max(high - z, z - low))


# ----- Nodes that convert ------------------------------------------------------------------------------------------------


def zero_name(g, element, zero, shape=()):
    return g.constant(np.full(shape, zero) if np.ndim(zero) == 0 else zero, element)


def parameters(g, value):
    """Names of a Value's scale and zero point."""
    return [g.constant(np.float32(value.scale)), zero_name(g, value.element, value.zero)]


def domain_of(g, element):
    """Before opset 21 the 16-bit forms are Microsoft's."""
    return MICROSOFT if element in WIDE and g.opset < 21 else ""


def dequantize(g, c, value):
    """The reals of a quantized Value; often the ones that another layer uses already."""
    if value.name in g.shared and not c.chance(40):
        return g.shared[value.name]
    names = parameters(g, value)
    if value.zero == 0 and c.chance(20):
        names.pop()
    result = g.node("DequantizeLinear", [value, *names], Value("", value.shape, reach=value.reach), domain_of(g, value.element))
    g.shared[value.name] = result
    return result


def quantize(g, c, real, like=None, element=None):
    """Codes of a real Value: of the type and scale of `like`, or of new ones."""
    if like is None:
        like = code_value(c, real.shape, element, real.reach)
    result = Value("", real.shape, like.element, like.scale, like.zero, min(real.reach, like.reach))
    names = parameters(g, like)
    if like.element == "u8" and like.zero == 0 and c.chance(20):
        names.pop()
    return g.node("QuantizeLinear", [real, *names], result, domain_of(g, like.element))


def code_input(g, c, value):
    """A new input of codes, like a quantized Value without a name."""
    return g.input(replace(value, name=f"x{len(g.inputs)}"), codes(c, value.element, value.shape))


def new_input(g, c, shape, element):
    """An input of codes, or of reals behind which a QuantizeLinear stands."""
    value = code_value(c, shape, element, c.pick((1.0, 4.0, 0.1)))
    if c.chance(40):
        real = g.input(Value(f"x{len(g.inputs)}", value.shape, reach=value.reach), reals(c, shape, value.reach))
        return quantize(g, c, real, like=value)
    return code_input(g, c, value)


# ----- Weights -----------------------------------------------------------------------------------------------------------


class Weights:
    """Integer weights of a shape; `axis` is that of the output channels, `reach` about their largest magnitude.

    varied   whether channels may have zero points of their own
    """

    def __init__(self, c, element, shape, axis, reach=1.0, varied=False):
        low, high = limits(element)
        self.element, self.shape, self.axis = element, shape, axis
        self.per_channel = c.chance(60)
        count = shape[axis] if self.per_channel else 1
        near = reach * 2 / (high - low)
        base = scale(c, near)
        self.scales = np.float32(base) * generator(c).uniform(0.5, 1, count).astype(np.float32) if self.per_channel else np.float32([base])
        middle = 0 if low < 0 else (high + 1) // 2
        self.zero = any_code(c, element) if c.chance(15) else middle
        if varied and self.per_channel and c.chance(10):
            self.zero = generator(c).integers(low, high + 1, count)
        self.codes = codes(c, element, shape)
        if c.chance(50):
            self.codes = np.maximum(self.codes, low + 1)
        self.reach = float(self.scales.max()) * (high - low) / 2

    def parameter_names(self, g):
        if not self.per_channel:
            return [g.constant(self.scales[0]), zero_name(g, self.element, self.zero)]
        return [g.constant(self.scales), zero_name(g, self.element, self.zero, self.scales.shape)]

    def code_name(self, g):
        return g.constant(self.codes, self.element)

    def real_shape(self):
        return [-1 if i == self.axis else 1 for i in range(len(self.shape))] if self.per_channel else []

    def reals(self, g, c):
        """The weights as the result of a DequantizeLinear, of integers or of floats that were quantized."""
        axis = {"axis": self.axis} if self.per_channel else {}
        value = Value("", self.shape, self.element, 1.0)
        names = self.parameter_names(g)
        if c.chance(35) and ELEMENTS[self.element][0] < 20:
            zeros = np.reshape(self.zero, self.real_shape() if np.ndim(self.zero) else ())
            floats = (self.codes - zeros) * self.scales.reshape(self.real_shape())
            source = g.node("QuantizeLinear", [g.constant(floats.astype(np.float32)), *names], value, **axis)
        else:
            source = self.code_name(g)
            if np.all(self.zero == 0) and c.chance(20):
                names.pop()
        return g.node("DequantizeLinear", [source, *names], Value("", self.shape), **axis)

    def reals_in_blocks(self, g, c):
        """A matrix with a scale for each block of rows and each column."""
        rows, columns = self.shape
        block = c.pick([d for d in range(1, rows + 1) if rows % d == 0])
        shape = (rows // block, columns)
        names = [self.code_name(g), g.constant((generator(c).uniform(0.5, 1, shape) * float(self.scales.max())).astype(np.float32))]
        if c.chance(50):
            names.append(zero_name(g, self.element, np.resize(self.zero, shape)))
        return g.node("DequantizeLinear", names, Value("", self.shape), axis=0, block_size=block)


def bias_reals(g, c, x, weights, count):
    """The bias of a layer between Q and DQ: none, i32 with the scale of the products, or float. An empty list, or one name."""
    kind = c.weighted({"none": 30, "i32": 55, "float": 15})
    if kind == "none":
        return []
    amount = x.reach * weights.reach
    if kind == "float":
        return [g.constant(reals(c, (count,), amount))]
    scales = np.float32(x.scale) * weights.scales
    return [
        g.node(
            "DequantizeLinear",
            [g.constant(bias_codes(c, count, amount, scales), "i32"), g.constant(scales if weights.per_channel else scales[0])],
            Value("", (count,)),
            **({"axis": 0} if weights.per_channel else {}),
        )
    ]


def bias_codes(c, count, amount, scales):
    largest = min(amount / float(scales.max()), 1e6)
    return np.rint(generator(c).uniform(-largest, largest, count)).astype(np.int64)
