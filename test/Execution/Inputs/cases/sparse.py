"""Weights with zeros in patterns that loops skip, where the target has such: by inputs of 32 channels, and by 4 of some of a channel."""

import numpy as np
from network import F32, Network, Type, i8, u8


def windows(kept):
    """Of each 64 inputs of a tap so many at most, the same ones for 32 channels."""

    def mask(random, shape):
        keep = np.zeros(shape, bool)
        for first in range(0, shape[0], 32):
            for tap in np.ndindex(shape[1:-1]):
                for start in range(0, shape[-1], 64):
                    width = min(64, shape[-1] - start)
                    few = min(width, -(-kept * width // 256) * 4)
                    keep[(slice(first, first + 32), *tap, start + random.choice(width, few, replace=False))] = True
        return keep

    return mask


def of(size):
    """4 of each so many inputs, each channel its own."""

    def mask(random, shape):
        order = random.random((*shape[:-1], shape[-1] // size, size)).argsort(-1)
        return (order < 4).reshape(shape)

    return mask


# (input shape, input type, outputs, kernel, result type, mask, attributes). Channels of every number modulo columns, windows and tiles.
CONV = [
    ((1, 7, 9, 64), u8(zero=3), 64, (3, 3), u8(), windows(32), dict(pads=(1, 1, 1, 1))),
    ((1, 8, 8, 128), u8(zero=128), 40, (1, 1), u8(zero=0), windows(16), {}),
    ((1, 5, 6, 96), i8(zero=-5), 33, (3, 3), F32, windows(32), dict(strides=(2, 2))),
    ((1, 6, 7, 32), u8(zero=255), 48, (3, 3), i8(), windows(32), dict(pads=(1, 1, 1, 1))),
    ((1, 6, 7, 48), u8(zero=7), 32, (2, 3), u8(), windows(48), dict(dilations=(2, 2), pads=(2, 2, 2, 2))),
    ((1, 7, 9, 64), u8(zero=3), 40, (3, 3), u8(), of(8), dict(pads=(1, 1, 1, 1))),
    ((1, 8, 8, 128), u8(zero=128), 64, (1, 1), u8(zero=0), of(16), {}),
    ((1, 5, 6, 96), i8(zero=-5), 33, (3, 3), F32, of(32), dict(strides=(2, 2))),
    ((1, 6, 7, 48), u8(zero=7), 17, (3, 3), u8(), of(16), dict(bias=False)),
    ((1, 6, 7, 128), u8(zero=255), 64, (3, 3), u8(), windows(32), dict(groups=2, pads=(1, 1, 1, 1))),
    ((1, 6, 7, 32), u8(zero=255), 64, (3, 3), u8(), of(8), dict(groups=2, pads=(1, 1, 1, 1))),
    ((1, 6, 7, 64), Type("i16", (0.001,)), 64, (1, 1), u8(), windows(32), {}),  # bytes
    ((1, 7, 7, 64), u8(zero=3), 64, (3, 3), u8(), windows(60), dict(pads=(1, 1, 1, 1))),  # too few zeros
]

# (input shape, input type, outputs, result type, mask, attributes)
FULLY_CONNECTED = [
    ((1, 256), u8(zero=128), 70, u8(zero=0), windows(16), {}),
    ((1, 1024), u8(zero=3), 200, F32, of(8), {}),
    ((49, 192), i8(zero=-128), 65, u8(), windows(8), {}),
    ((5, 96), u8(zero=255), 16, i8(), of(32), dict(bias=False)),
    ((49, 384), u8(zero=5), 64, F32, of(16), {}),
]


def networks():
    net = Network("convolutions with zeros in patterns")
    for shape, type, outputs, kernel, out, mask, attributes in CONV:
        net.result(net.conv2d(net.input(shape, type), outputs, kernel, out, mask=mask, **attributes))
    yield net
    net = Network("fully connected with zeros in patterns")
    for shape, type, outputs, out, mask, attributes in FULLY_CONNECTED:
        net.result(net.fully_connected(net.input(shape, type), outputs, out, mask=mask, **attributes))
    yield net
