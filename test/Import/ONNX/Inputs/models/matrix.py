"""Products of matrices."""
from .net import Net, invalid, model


@model
def gemm():
    net = Net()
    x, m = net.input("x", [2, 3]), net.input("m", [3, 4])
    w, b = net.weights("w", 4, 3), net.weights("b", 4)
    outs = [
        net.node("Gemm", [x, w, b], "linear", transB=1),
        net.node("Gemm", [x, net.weights("v", 3, 4), b], "scaled", alpha=0.5, beta=2.0),
        net.node("Gemm", [m, "v", net.const("one", 1.5)], "transposed", transA=1),
        net.node("Gemm", [x, w, net.weights("c", 2, 1)], "per_row", transB=1),
        net.node("Gemm", [x, m, b], "dynamic", alpha=2.0),
        net.node("Gemm", [x, w], "plain", transB=1),
    ]
    return net.outs(*outs)


@model
def matmul():
    net = Net()
    x, y, v = net.input("x", [2, 3, 4]), net.input("y", [4, 5]), net.input("v", [4])
    w, b = net.weights("w", 4, 5), net.weights("b", 5)
    with_bias = net.node("Add", [b, net.node("MatMul", [x, w], "linear")], "bias")
    twice = net.node("MatMul", [x, w], "used_twice")
    outs = [
        with_bias, twice, net.node("Add", [twice, b], "no_bias"), net.node("MatMul", [x, y], "dynamic"),
        net.node("MatMul", [v, y], "row"), net.node("MatMul", [x, v], "column"), net.node("MatMul", [v, v], "dot"),
        net.node("MatMul", [net.weights("left", 3, 2), net.node("Transpose", [net.node("MatMul", [x, w], "m")], "t", perm=[0, 2, 1])][::-1],
                 "constant_right"),
        net.node("MatMul", [x, net.weights("batch", 1, 4, 2)], "unit_batch"),
        net.node("MatMul", [x, net.weights("batches", 2, 4, 2)], "constant_batches"),
    ]
    return net.outs(*outs)


@invalid
def gemm_rank():
    net = Net()
    return net.outs(net.node("Gemm", [net.input("x", [2, 3, 4]), net.weights("w", 4, 5)], "gemm"))


@invalid
def gemm_c():
    net = Net()
    return net.outs(net.node("Gemm", [net.input("x", [1, 4]), net.weights("w", 4, 5), net.weights("c", 3, 5)], "gemm"))


@invalid
def matmul_depth():
    net = Net()
    return net.outs(net.node("MatMul", [net.input("x", [2, 3]), net.weights("w", 4, 5)], "matmul"))


@invalid
def einsum_ellipsis():
    net = Net()
    return net.outs(net.node("Einsum", [net.input("x", [2, 3, 4]), net.input("y", [4, 5])], "einsum", equation="...i,ij->...j"))


@invalid
def einsum_diagonal():
    net = Net()
    return net.outs(net.node("Einsum", [net.input("x", [3, 3])], "einsum", equation="ii->i"))


@invalid
def einsum_sizes():
    net = Net()
    return net.outs(net.node("Einsum", [net.input("x", [2, 3]), net.input("y", [4, 5])], "einsum", equation="ij,jk->ik"))
