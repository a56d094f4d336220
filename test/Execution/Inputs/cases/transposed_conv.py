"""transposed_conv2d on integers."""

from network import F32, Network, i8, u8

CASES = [
    ((1, 4, 5, 16), u8(zero=128), 8, (2, 2), u8(), dict(strides=(2, 2))),
    ((2, 4, 4, 5), u8(zero=3), 10, (3, 3), i8(), dict(strides=(2, 2), pads=(1, 1, 1, 1), output_pads=(1, 1))),
    ((1, 5, 4, 20), u8(zero=255), 24, (4, 4), u8(zero=0), dict(strides=(2, 2), pads=(1, 1, 1, 1), per_channel=False)),
    ((1, 5, 5, 3), u8(zero=0), 1, (3, 3), F32, dict(pads=(1, 0, 0, 1))),
    ((1, 4, 4, 8), u8(zero=128), 8, (3, 3), u8(), dict(dilations=(2, 2), groups=2, bias=False)),
    ((1, 3, 3, 4), u8(zero=7), 4, (2, 2), u8(), dict(strides=(3, 3))),  # pixels that no window reaches hold the bias
]


def networks():
    net = Network("transposed convolutions")
    for shape, type, outputs, kernel, out, attributes in CASES:
        net.result(net.transposed_conv2d(net.input(shape, type), outputs, kernel, out, **attributes))
    yield net
