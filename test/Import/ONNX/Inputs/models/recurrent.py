"""Recurrent layers."""
import numpy as np

from .net import Net, invalid, model


def recurrent(op, gates, opset=14, steps=2, inputs=3, hidden=4, directions=1, given=("B", "", "initial_h"), **attributes):
    """A layer with all three outputs of an LSTM, or two."""
    net = Net(opset=opset)
    state = [directions, 2, hidden]
    known = {
        "B": lambda: net.weights("B", directions, 2 * gates * hidden),
        "P": lambda: net.weights("P", directions, 3 * hidden),
        "initial_h": lambda: net.input("initial_h", state),
        "initial_c": lambda: net.input("initial_c", state),
        "lengths": lambda: net.const("lengths", [steps, steps], np.int32),
        "short": lambda: net.const("lengths", [steps, steps - 1], np.int32),
    }
    operands = [net.input("X", [steps, 2, inputs]), net.weights("W", directions, gates * hidden, inputs),
                net.weights("R", directions, gates * hidden, hidden), *(known[name]() if name else "" for name in given)]
    outputs = ["Y", "Y_h", "Y_c"] if op == "LSTM" else ["Y", "Y_h"]
    net.node(op, operands, op.lower(), outputs=outputs, hidden_size=hidden, **attributes)
    return net.outs(*outputs)


@model
def lstm():
    return recurrent("LSTM", 4, given=("B", "lengths", "initial_h", "initial_c"))


@model
def lstm_bidirectional():
    return recurrent("LSTM", 4, directions=2, given=("B", "", "initial_h", "initial_c", "P"), direction="bidirectional", clip=0.5, input_forget=1,
                     activations=["HardSigmoid", "Softsign", "Relu", "Sigmoid", "ScaledTanh", "LeakyRelu"], activation_alpha=[0.3, 0.9, 0.1],
                     activation_beta=[0.4, 0.7])


@model
def gru_reset_after():
    return recurrent("GRU", 3, linear_before_reset=1)


@model
def gru_reset_before():
    return recurrent("GRU", 3, given=(), direction="reverse")


@model
def rnn():
    return recurrent("RNN", 1, activations=["Relu"])


@invalid
def lstm_lengths():
    return recurrent("LSTM", 4, given=("B", "short"))


@invalid
def lstm_activation():
    return recurrent("LSTM", 4, activations=["Sigmoid", "Tanh", "ThresholdedRelu"])


@invalid
def lstm_direction():
    return recurrent("LSTM", 4, direction="sideways")


@invalid
def lstm_shape():
    return recurrent("LSTM", 3)


@invalid
def lstm_long():
    return recurrent("LSTM", 4, steps=100000)


@invalid
def gru_dynamic_weights():
    net = Net()
    x, w, r = net.input("X", [1, 1, 3]), net.input("W", [1, 12, 3]), net.weights("R", 1, 12, 4)
    return net.outs(*net.node("GRU", [x, w, r], "gru", outputs=["Y"], hidden_size=4))
