"""Places that are computed: gathers, scatters, places of extremes. Many indices are negative or outside."""

import numpy as np
from network import BOOL, F32, I32, I64, Network, i8, integer, u8

INF, NAN = float("inf"), float("nan")
TYPES = (F32, u8(0.1, 100), i8(0.2, -5), integer("i16"), I64, BOOL)


def indices(net, shape, size, type=I64):
    """Twice as far as there are places, on either side, and one at the end of the type."""
    value = net.input(shape, type)
    data = net.random.integers(-2 * size, 2 * size, shape).astype(net.data[-1].dtype)
    data.reshape(-1)[0] = type.range[0]
    net.data[-1] = data
    return value


def gathers():
    net = Network("gathers")
    for t, type in enumerate(TYPES):
        kind = (I64, I32)[t % 2]
        for shape, axis, count in (((9, 33), 0, (4,)), ((3, 7, 5), 1, (2, 3)), ((2, 40), 1, (17,)), ((6,), 0, ())):
            x, i = net.input(shape, type), indices(net, count, shape[axis], kind)
            net.result(net.op(f"gather {{0}}, {{1}} axis = {axis}", [x, i], (*shape[:axis], *count, *shape[axis + 1 :]), type))
        for shape, axis, count in (((4, 9, 3), 1, (4, 5, 2)), ((70,), 0, (33,)), ((3, 20), 1, (2, 20)), ((5, 16), 0, (7, 16))):
            x, i = net.input(shape, type), indices(net, count, shape[axis], kind)
            net.result(net.op(f"gather_elements {{0}}, {{1}} axis = {axis}", [x, i], count, type))
        for shape, count, batch in (((5, 6, 8), (4, 2), 0), ((3, 6, 17), (3, 2, 1), 1), ((4, 5), (7, 2), 0), ((2, 3, 4, 5), (2, 3, 2, 1), 2)):
            x, i = net.input(shape, type), indices(net, count, 6, kind)
            result = (*count[:-1], *shape[batch + count[-1] :])
            net.result(net.op(f"gather_nd {{0}}, {{1}} batch_dims = {batch}", [x, i], result, type))
    table = net.constant(net.codes((50, 24), u8(0.1, 30)), u8(0.1, 30))
    embedded = net.op("gather {0}, {1} axis = 0", [table, indices(net, (3, 5), 50)], (3, 5, 24), u8(0.1, 30))
    net.result(embedded)
    net.result(net.binary("mul", embedded, embedded, net.scaled(u8(zero=10), 150)))
    words = net.constant(net.codes((40, 16), F32), F32)
    net.result(net.op("gather {0}, {1} axis = 0", [words, indices(net, (9,), 40, I32)], (9, 16), F32))
    return net


def scatters():
    net = Network("scatters")
    for t, type in enumerate(TYPES):
        for shape, count in (((8, 20), (3, 1)), ((5, 6), (4, 2, 2)), ((4, 3, 9), (5, 2)), ((12,), (9, 1))):
            x, i = net.input(shape, type), indices(net, count, 4, (I64, I32)[t % 2])
            updates = net.input((*count[:-1], *shape[count[-1] :]), type)
            net.result(net.op("scatter_nd {0}, {1}, {2}", [x, i, updates], shape, type))
    x = net.input((6, 5), F32)  # nothing that the loop over constant places and updates computes stays
    i, updates = net.constant(np.array([[4], [0]]), I64), net.float_constant((2, 5))
    net.result(net.op("scatter_nd {0}, {1}, {2}", [x, i, updates], x.shape, F32))
    return net


def places():
    net = Network("places of extremes")
    special = np.float32([NAN, INF, -INF, 0.0, -0.0, 1.0, 1.0, -2.0, NAN, INF, -INF, -NAN])
    for type in TYPES:
        for shape, axis in (((3, 41), 1), ((4, 7, 18), 1), ((13,), 0), ((19, 5), 0), ((2, 3, 1), 2)):
            x = net.input(shape, type)
            data = net.data[-1]
            if type.is_float:
                net.data[-1] = np.round(data)
                net.data[-1].reshape(-1)[:6] = net.random.choice(special, 6)
            elif not type.plain:
                net.data[-1] = data // 16 * 16
            result = [1 if d == axis else n for d, n in enumerate(shape)]
            for kind in ("max", "min"):
                for last in ("", " last"):
                    net.result(net.op(f"arg_reduce {kind} {{0}} axis = {axis}{last}", [x], result, (I64, I32)[bool(last)]))
            for k in {1, shape[axis], (shape[axis] + 1) // 2}:
                sizes = [k if d == axis else n for d, n in enumerate(shape)]
                for order in ("", " smallest"):
                    found = net.op(f"top_k {{0}} k = {k} axis = {axis}{order}", [x], sizes, I64)
                    net.result(found)
                    net.result(net.op(f"gather_elements {{0}}, {{1}} axis = {axis}", [x, found], sizes, type))
    return net


def networks():
    yield from (gathers(), scatters(), places())
