"""Integers and booleans: conversion, arithmetic, comparison, choice."""

import numpy as np
from network import BOOL, F32, I64, Network, i8, integer, u8

NAMES = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64")
ARITHMETIC = ("add", "sub", "mul", "div", "rem", "mod", "min", "max", "and", "or", "xor")
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
INF, NAN = float("inf"), float("nan")


def shaped(a, b):
    return np.broadcast_shapes(a.shape, b.shape)


def close(net, values):
    """Brings the data of an input close to 0, so that numbers meet and divide each other."""
    index = net.inputs.index(values)
    net.data[index] = (net.data[index] % 7).astype(net.data[index].dtype) - (values.type.range[0] < 0) * 3
    return values


def arithmetic():
    net = Network("arithmetic of integers")
    for name in NAMES:
        type = integer(name)
        a, b = net.input((3, 37), type), net.input((37,), type)
        c, d = close(net, net.input((4, 1, 9), type)), close(net, net.input((5, 1), type))
        for kind in ARITHMETIC:
            net.result(net.op(f"integer {kind} {{0}}, {{1}}", [a, b], (3, 37), type))
            net.result(net.op(f"integer {kind} {{0}}, {{1}}", [c, d], (4, 5, 9), type))
        low = net.constant(np.full((1,), type.range[0]), type)
        minus = net.constant(np.full((1,), -1 if type.range[0] else 0).astype(np.int64), type)
        for kind in ("div", "rem", "mod"):
            net.result(net.op(f"integer {kind} {{0}}, {{1}}", [low, minus], (1,), type))
    p, q = net.input((8, 33), BOOL), net.input((33,), BOOL)
    for kind in ("and", "or", "xor"):
        net.result(net.op(f"integer {kind} {{0}}, {{1}}", [p, q], (8, 33), BOOL))
    return net


def reductions():
    net = Network("reductions of integers")
    for name in NAMES:
        type = integer(name)
        for shape, axes in (((3, 37), [1]), ((33, 18), [0]), ((2, 5, 7, 19), [1, 2]), ((4, 3, 2), [0, 1, 2])):
            x = net.input(shape, type)
            result = tuple(1 if d in axes else n for d, n in enumerate(shape))
            for kind in ("sum", "max", "min"):
                net.result(net.op(f"reduce {kind} {{0}} axes = {axes}", [x], result, type))
    return net


def comparisons():
    net = Network("comparisons and choices")
    for name in (*NAMES, "bool"):
        type = integer(name)
        a, b = net.input((5, 19), type), net.input((19,), type)
        if name != "bool":
            a, b = close(net, a), close(net, b)
        one = net.constant(np.ones((), np.int64), type)
        for kind in COMPARISONS:
            c = net.op(f"compare {kind} {{0}}, {{1}}", [a, b], (5, 19), BOOL)
            net.result(c)
            net.result(net.op("select {0}, {1}, {2}", [c, a, one], (5, 19), type))
        net.result(net.op("compare eq {0}, {1}", [a, one], (5, 19), BOOL))
    x, y, q = net.input((4, 5), F32), net.input((5,), F32), net.input((4, 5), u8(0.5, 100))
    net.data[net.inputs.index(x)][:] = np.float32([[INF, -INF, NAN, 0.0, 1.0], [-0.0, 2, NAN, 1, -1], [3, 3, 3, 3, 3], [0, 1, 2, 3, INF]])
    net.data[net.inputs.index(y)][:] = np.float32([INF, 2, NAN, 0, 1])
    for kind in COMPARISONS:
        for a, b in ((x, y), (q, y), (q, q)):
            net.result(net.op(f"compare {kind} {{0}}, {{1}}", [a, b], (4, 5), BOOL))
    mask = net.input((4, 1), BOOL)
    net.result(net.op("select {0}, {1}, {2}", [mask, x, y], (4, 5), F32))
    net.result(net.op("select {0}, {1}, {2}", [mask, q, net.input((), F32)], (4, 5), i8(0.5, 3)))
    net.result(net.op("select {0}, {1}, {2}", [net.constant([[True], [False], [True], [False]], BOOL), x, y], (4, 5), F32))
    return net


def casts():
    net = Network("casts")
    x = net.input((2, 24), F32)
    edges = [0, 0.9, -0.9, 1.5, -1.5, 127.9, 128, -128.9, 255.5, 256, 65535.5, 65536, 2.0**31, -(2.0**31), 2.0**32, 2.0**63, -(2.0**63), 1e30,
             -1e30, INF, -INF, NAN, 2147483520.0, -0.0]
    net.data[0][:] = np.float32([edges, edges[::-1]])
    q, narrow = net.input((3, 37), u8(0.7, 100)), net.input((3, 37), integer("i8"))
    for name in (*NAMES, "bool"):
        type = integer(name)
        net.result(net.op("cast {0}", [x], (2, 24), type))
        net.result(net.op("cast {0}", [q], (3, 37), type))
        wide = net.input((3, 37), type)
        net.result(net.op("cast {0}", [wide], (3, 37), F32))
        low, high = type.range
        if high > 1:
            net.result(net.op("cast {0}", [wide], (3, 37), u8((high - low) / 200, 128 if low else 20)))
        for other in NAMES:
            if other != name:
                net.result(net.op("cast {0}", [wide], (3, 37), integer(other)))
        if name != "bool":
            net.result(net.op("cast {0}", [wide], (3, 37), BOOL))
    return net


def codes():
    """Integers that are codes of either sign, whatever sign the target stores them with."""
    net = Network("codes as integers")
    for type, plain in ((u8(0.5, 7), "u8"), (i8(0.25, -3), "i8")):
        x = net.input((5, 23), type)
        y = net.binary("add", x, x, net.scaled(type, 60))
        integers = net.op("storage_cast {0}", [y], (5, 23), integer(plain))
        net.result(integers)
        net.result(net.op("cast {0}", [integers], (5, 23), I64))
        back = net.op("storage_cast {0}", [net.input((5, 23), integer(plain))], (5, 23), type)
        net.result(net.binary("mul", back, x, net.scaled(type, 2000)))
    return net


def networks():
    yield from (arithmetic(), reductions(), comparisons(), casts(), codes())
