"""conv2d on integers: kernels, strides, dilations, padding, channels that fill no vector, groups, types of weights and results."""

from network import F32, Network, i8, u8

# (input shape, input type, outputs, kernel, result type, attributes)
FEW_CHANNELS = [
    ((1, 9, 11, 1), u8(zero=0), 8, (3, 3), u8(), dict(pads=(1, 1, 1, 1))),
    ((2, 12, 12, 3), u8(zero=128), 16, (7, 7), u8(zero=0), dict(strides=(2, 2), pads=(3, 3, 3, 3))),
    ((1, 8, 7, 3), u8(zero=255), 24, (3, 3), i8(), dict(strides=(2, 1), pads=(0, 1, 1, 0))),
    ((1, 7, 9, 5), u8(zero=3), 10, (5, 5), u8(zero=3), dict(pads=(2, 1, 0, 2), per_channel=False)),
    ((2, 6, 6, 5), i8(zero=-128), 1, (1, 1), u8(), dict()),
    ((1, 6, 5, 1), u8(zero=3), 1, (3, 3), F32, dict(pads=(1, 1, 1, 1), bias=False)),
    ((1, 5, 5, 3), i8(zero=127), 40, (2, 3), u8(zero=255), dict(pads=(1, 0, 0, 2), narrow=True)),
    ((1, 1, 19, 1), u8(zero=128), 8, (1, 7), u8(), dict(strides=(1, 2), pads=(0, 3, 0, 3))),
]

MANY_CHANNELS = [
    ((1, 7, 7, 16), u8(zero=128), 64, (3, 3), u8(zero=0), dict(pads=(1, 1, 1, 1))),
    ((1, 7, 7, 64), u8(zero=0), 64, (1, 1), u8(zero=128), dict()),
    ((2, 5, 6, 20), u8(zero=3), 72, (3, 3), u8(), dict(pads=(1, 1, 1, 1), per_channel=False)),
    ((1, 9, 9, 20), u8(zero=255), 24, (1, 1), i8(), dict(strides=(2, 2))),
    ((1, 9, 8, 16), i8(zero=-5), 40, (3, 3), i8(zero=-128), dict(dilations=(2, 2), pads=(2, 2, 2, 2))),
    ((1, 6, 6, 64), u8(zero=128), 10, (3, 3), F32, dict(strides=(2, 2), pads=(0, 0, 1, 1))),
    ((1, 7, 6, 16), u8(zero=128), 8, (5, 3), u8(zero=128), dict(strides=(1, 2), pads=(3, 0, 1, 2), dilations=(1, 2), bias=False)),
    ((2, 3, 3, 64), u8(zero=3), 16, (3, 3), u8(zero=3), dict(narrow=True)),
]

GROUPS = [
    ((1, 6, 7, 16), u8(zero=3), 16, (3, 3), u8(), dict(groups=2, pads=(1, 1, 1, 1))),
    ((2, 5, 5, 20), u8(zero=128), 40, (3, 3), i8(), dict(groups=4, pads=(1, 0, 0, 1))),
    ((1, 5, 5, 64), u8(zero=0), 64, (1, 1), u8(zero=0), dict(groups=4)),
    ((1, 7, 7, 6), u8(zero=255), 10, (3, 3), F32, dict(groups=2, strides=(2, 2), pads=(1, 1, 1, 1))),
    ((1, 5, 5, 3), u8(zero=128), 9, (3, 3), u8(), dict(groups=3, pads=(1, 1, 1, 1))),  # three outputs per input channel
]

DEPTHWISE = [
    ((1, 8, 9, 16), u8(zero=3), (3, 3), u8(), dict(pads=(1, 1, 1, 1))),
    ((2, 9, 9, 24), u8(zero=128), (3, 3), u8(zero=0), dict(strides=(2, 2), pads=(0, 0, 1, 1))),
    ((1, 7, 7, 72), u8(zero=0), (5, 5), i8(), dict(pads=(2, 2, 2, 2), per_channel=False)),
    ((1, 9, 9, 5), u8(zero=255), (3, 3), u8(), dict(dilations=(2, 2), pads=(2, 2, 2, 2))),
    ((1, 8, 8, 64), i8(zero=-7), (3, 3), u8(), dict(strides=(2, 2), pads=(1, 1, 1, 1), narrow=True)),
    ((1, 6, 6, 40), u8(zero=128), (3, 3), F32, dict(strides=(1, 2), bias=False)),
    ((1, 6, 7, 1), u8(zero=128), (3, 3), u8(), dict(pads=(1, 1, 1, 1))),
    ((1, 1, 16, 8), u8(zero=3), (1, 7), u8(), dict(pads=(0, 3, 0, 3))),
]


def networks():
    for name, cases in (("few channels", FEW_CHANNELS), ("many channels", MANY_CHANNELS), ("groups", GROUPS)):
        net = Network(name)
        for shape, type, outputs, kernel, out, attributes in cases:
            net.result(net.conv2d(net.input(shape, type), outputs, kernel, out, **attributes))
        yield net
    net = Network("depthwise")
    for shape, type, kernel, out, attributes in DEPTHWISE:
        net.result(net.conv2d(net.input(shape, type), shape[3], kernel, out, groups=shape[3], **attributes))
    yield net
