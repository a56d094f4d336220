"""Branches and loops."""
import numpy as np
from onnx import TensorProto, helper

from .net import Net, body, invalid, model, value


@model
def branches():
    """Conditions that are constant or fold to it, a branch that could not be imported, names that hide others, nested branches."""
    net = Net()
    x = net.input("x", [2, 3])
    outer = net.node("Relu", [x], "outer")
    taken = body("taken", [helper.make_node("Sigmoid", [outer], ["y"], name="sigmoid")], [], ["y"])
    other = body("other", [helper.make_node("FancyOp", [outer], ["y"], name="fancy")], [], ["y"])
    first = net.node("If", [net.const("true", True, bool)], "if", then_branch=taken, else_branch=other)
    rank = net.node("Size", [net.node("Shape", [x], "shape")], "rank")
    is3d = net.node("Equal", [rank, net.const("three", 3, np.int64)], "is3d")
    inner = net.const_node("true_inside", True, bool)
    nested = body("nested", [inner, helper.make_node("If", ["true_inside"], ["z"], name="inner", then_branch=taken, else_branch=other)], [], ["z", outer])
    second = net.node("If", [is3d], "nested_if", outputs=["b0", "b1"], then_branch=body("none", [], [], [x, x]), else_branch=nested)
    return net.outs(first, *second)


def choice(then_shape):
    net = Net()
    x, limit = net.input("x", [2, 3]), net.const("limit", 0.5)
    peak = net.node("ReduceMax", [x], "peak", keepdims=0)
    branches = [
        body("then", [helper.make_node("Expand", [net.node("Relu", [x], "outer"), net.ints("shape", *then_shape)], ["a"], name="a")], [], ["a", x]),
        body("else", [helper.make_node("Sigmoid", [x], ["b"], name="b")], [], ["b", "outer_out"]),
    ]
    return net.outs(*net.node("If", [net.node("Greater", [peak, limit], "is_loud")], "if", outputs=["y", "z"], then_branch=branches[0], else_branch=branches[1]))


@model
def branches_at_run_time():
    return choice([2, 3])


@invalid
def branch_shapes():
    return choice([4, 2, 3])


@model
def loop():
    """x = tanh(x + step) three times, with a matrix from outside whose constant is shared, and what each iteration gives."""
    net = Net()
    x, w = net.input("x", [1, 4]), net.weights("w", 4, 32)
    nodes = [
        helper.make_node("Cast", ["i"], ["step"], name="cast", to=TensorProto.FLOAT),
        helper.make_node("Add", ["v", "step"], ["sum"], name="add"),
        helper.make_node("Tanh", ["sum"], ["v_next"], name="tanh"),
        helper.make_node("MatMul", ["v_next", w], ["product"], name="matmul"),
        helper.make_node("Identity", ["go"], ["go_on"]),
    ]
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("v")]
    looped = body("body", nodes, inputs, [value("go_on", [], TensorProto.BOOL), "v_next", "product"])
    y = net.node("Loop", [net.const("count", 3, np.int64), "", x], "loop", outputs=["last", "all"], body=looped)
    return net.outs(*y)


@model
def loop_while():
    """Ends by its condition: i + 1 < 2."""
    net = Net()
    x = net.input("x", [3])
    one, two = net.const("one", 1, np.int64), net.const("two", 2, np.int64)
    nodes = [
        helper.make_node("Add", ["i", one], ["next"], name="next"),
        helper.make_node("Less", ["next", two], ["go_on"], name="less"),
        helper.make_node("Exp", ["v"], ["v_next"], name="exp"),
    ]
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("v")]
    looped = body("body", nodes, inputs, [value("go_on", [], TensorProto.BOOL), "v_next"])
    return net.outs(net.node("Loop", ["", net.const("true", True, bool), x], "loop", body=looped))


@model
def scan():
    """Sums along axis 1, backward, and what it was on the way, in another order."""
    net = Net()
    start, x = net.input("start", [2]), net.input("x", [2, 3])
    nodes = [helper.make_node("Add", ["sum", "next"], ["sum_out"], name="add"), helper.make_node("Neg", ["sum_out"], ["way"], name="neg")]
    scanned = body("body", nodes, [value("sum"), value("next")], ["sum_out", "way"])
    return net.outs(*net.node("Scan", [start, x], "scan", outputs=["total", "ways"], body=scanned, num_scan_inputs=1,
                              scan_input_axes=[1], scan_input_directions=[1], scan_output_axes=[-1], scan_output_directions=[1]))


def loop_of(net, count, nodes=(), go_on="go"):
    x = net.input("x", [3])
    nodes = [*nodes, helper.make_node("Relu", ["v"], ["v_next"], name="relu")]
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL), value("v")]
    looped = body("body", nodes, inputs, [value(go_on, [], TensorProto.BOOL), "v_next"])
    return net.outs(net.node("Loop", [count, "", x], "loop", body=looped))


@invalid
def loop_forever():
    return loop_of(net := Net(), net.const("count", 1 << 40, np.int64))


@invalid
def loop_dynamic_count():
    return loop_of(net := Net(), net.input("count", [], TensorProto.INT32))


@invalid
def loop_bad_body():
    return loop_of(net := Net(), net.const("count", 3, np.int64), [helper.make_node("FancyOp", ["v"], ["fancy"], name="fancy")])


@invalid
def loop_outputs():
    net = Net()
    looped = body("body", [], [value("i"), value("go")], [value("go")])
    return net.outs(net.node("Loop", [net.const("count", 3, np.int64), "", net.input("x", [3])], "loop", body=looped))


@invalid
def scan_8():
    net = Net(opset=8)
    scanned = body("body", [], [value("next")], ["next"])
    return net.outs(net.node("Scan", ["", net.input("x", [1, 2, 3])], "scan", body=scanned, num_scan_inputs=1))


@invalid
def branch_outputs():
    net = Net()
    x = net.input("x", [3])
    branch = body("branch", [], [], [x, x])
    return net.outs(net.node("If", [net.const("c", True, bool)], "if", then_branch=branch, else_branch=branch))


@invalid
def branch_missing():
    net = Net()
    net.input("x", [3])
    return net.outs(net.node("If", [net.const("c", True, bool)], "if"))


@invalid
def bodies_of_unknown():
    """Bodies read, and give, an input whose size nobody knows."""
    net = Net()
    x, flag = net.input("x", ["rows", 3]), net.input("flag", [], TensorProto.BOOL)
    taken = body("taken", [helper.make_node("Tanh", [x], ["t"], name="tanh")], [], ["t"])
    y = net.node("If", [flag], "if", then_branch=taken, else_branch=body("other", [], [], [x]))
    inputs = [value("i", [], TensorProto.INT64), value("go", [], TensorProto.BOOL)]
    looped = body("body", [helper.make_node("Identity", ["go"], ["go_on"])], inputs, [value("go_on", [], TensorProto.BOOL), x])
    return net.outs(y, net.node("Loop", [net.const("count", 2, np.int64), ""], "loop", body=looped))
