"""The layers of a small convolutional network: forward, backward and export to ONNX, in plain NumPy.

Activations are NHWC while training, because that turns a convolution into one matrix product with contiguous
rows; ONNX is NCHW, so `to_onnx` transposes the weights. A layer keeps in `forward` what its `backward` needs,
and `backward(dy)` fills `grads` beside `params` and returns the gradient of the layer's input.
"""

import numpy as np
from onnx import helper, numpy_helper

FLOAT = np.float32


class OnnxGraph:
    """Collects nodes and weights; a value is known by its name."""

    def __init__(self):
        self.nodes = []
        self.weights = []

    def node(self, op, name, inputs, **attributes):
        """Appends a node and returns the name of its only output, which is the node's name."""
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def weight(self, name, array):
        """Appends an initializer and returns its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=FLOAT), name))
        return name


class Layer:
    """A layer without parameters; the others fill `params`."""

    def __init__(self, name):
        self.name = name
        self.params = {}
        self.grads = {}

    def leaves(self):
        """Yields the layers that hold parameters of their own."""
        yield self

    def forward(self, x, training):
        raise NotImplementedError

    def backward(self, dy):
        raise NotImplementedError

    def to_onnx(self, graph, x):
        """Appends this layer to `graph` and returns the name of its result; `x` names its input."""
        raise NotImplementedError


def he_normal(rng, shape, fan_in):
    return rng.normal(0, np.sqrt(2 / fan_in), shape).astype(FLOAT)


def windows_3x3(x):
    """Yields the nine (N, H, W, C) views of `x` (N, H, W, C) padded by one zero, in row-major order of the taps."""
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    for row in range(3):
        for column in range(3):
            yield padded[:, row : row + height, column : column + width]


def im2col_3x3(x):
    """(N, H, W, C) -> (N*H*W, 9*C), one row per pixel with its 3x3 neighbourhood."""
    columns = np.empty((*x.shape[:3], 9, x.shape[3]), FLOAT)
    for tap, window in enumerate(windows_3x3(x)):
        columns[:, :, :, tap] = window
    return columns.reshape(-1, 9 * x.shape[3])


class Conv3x3(Layer):
    """3x3, stride 1, padding 1, no bias: (N, H, W, I) -> (N, H, W, O). The weights are (9, I, O)."""

    def __init__(self, name, rng, inputs, outputs, needs_dx=True):
        super().__init__(name)
        self.params["weight"] = he_normal(rng, (9, inputs, outputs), 9 * inputs)
        self.needs_dx = needs_dx

    def forward(self, x, training):
        weight = self.params["weight"]
        self.columns = im2col_3x3(x)
        return (self.columns @ weight.reshape(-1, weight.shape[2])).reshape(*x.shape[:3], -1)

    def backward(self, dy):
        weight = self.params["weight"]
        _, inputs, outputs = weight.shape
        self.grads["weight"] = (self.columns.T @ dy.reshape(-1, outputs)).reshape(weight.shape)
        if not self.needs_dx:
            return None
        # The gradient of the input is the convolution of dy with the taps reversed and I, O exchanged.
        reverse = np.ascontiguousarray(weight[::-1].transpose(0, 2, 1)).reshape(-1, inputs)
        return (im2col_3x3(dy) @ reverse).reshape(*dy.shape[:3], inputs)

    def to_onnx(self, graph, x):
        weight = self.params["weight"]
        oihw = weight.reshape(3, 3, *weight.shape[1:]).transpose(3, 2, 0, 1)
        inputs = [x, graph.weight(f"{self.name}.weight", oihw)]
        return graph.node("Conv", self.name, inputs, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])


class DepthwiseConv3x3(Layer):
    """3x3 by channel, stride 1, padding 1, no bias: (N, H, W, C) -> (N, H, W, C). The weights are (9, C)."""

    def __init__(self, name, rng, channels):
        super().__init__(name)
        self.params["weight"] = he_normal(rng, (9, channels), 9)

    def forward(self, x, training):
        self.x = x
        return sum(window * tap for window, tap in zip(windows_3x3(x), self.params["weight"]))

    def backward(self, dy):
        weight = self.params["weight"]
        self.grads["weight"] = np.stack([(window * dy).sum((0, 1, 2)) for window in windows_3x3(self.x)])
        return sum(window * tap for window, tap in zip(windows_3x3(dy), weight[::-1]))

    def to_onnx(self, graph, x):
        channels = self.params["weight"].shape[1]
        oihw = self.params["weight"].T.reshape(channels, 1, 3, 3)
        inputs = [x, graph.weight(f"{self.name}.weight", oihw)]
        return graph.node(
            "Conv", self.name, inputs, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1], group=channels
        )


class PointwiseConv(Layer):
    """1x1, no bias: (N, H, W, I) -> (N, H, W, O). The weights are (I, O)."""

    def __init__(self, name, rng, inputs, outputs):
        super().__init__(name)
        self.params["weight"] = he_normal(rng, (inputs, outputs), inputs)

    def forward(self, x, training):
        self.x = x.reshape(-1, x.shape[-1])
        return (self.x @ self.params["weight"]).reshape(*x.shape[:-1], -1)

    def backward(self, dy):
        rows = dy.reshape(-1, dy.shape[-1])
        self.grads["weight"] = self.x.T @ rows
        return (rows @ np.ascontiguousarray(self.params["weight"].T)).reshape(*dy.shape[:-1], -1)

    def to_onnx(self, graph, x):
        oihw = self.params["weight"].T[:, :, np.newaxis, np.newaxis]
        inputs = [x, graph.weight(f"{self.name}.weight", oihw)]
        return graph.node("Conv", self.name, inputs, kernel_shape=[1, 1], pads=[0, 0, 0, 0], strides=[1, 1])


class Gemm(Layer):
    """Fully connected with bias: (N, I) -> (N, O). The weights are (I, O), in ONNX (O, I) with transB."""

    def __init__(self, name, rng, inputs, outputs):
        super().__init__(name)
        self.params["weight"] = he_normal(rng, (inputs, outputs), inputs)
        self.params["bias"] = np.zeros(outputs, FLOAT)

    def forward(self, x, training):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, dy):
        self.grads["weight"] = self.x.T @ dy
        self.grads["bias"] = dy.sum(0)
        return dy @ np.ascontiguousarray(self.params["weight"].T)

    def to_onnx(self, graph, x):
        weight = graph.weight(f"{self.name}.weight", self.params["weight"].T)
        bias = graph.weight(f"{self.name}.bias", self.params["bias"])
        return graph.node("Gemm", self.name, [x, weight, bias], transB=1)


class BatchNorm(Layer):
    """Normalizes each channel of (N, H, W, C): by the batch in training, by running statistics otherwise."""

    EPSILON = 1e-5
    MOMENTUM = 0.9

    def __init__(self, name, channels):
        super().__init__(name)
        self.params["scale"] = np.ones(channels, FLOAT)
        self.params["bias"] = np.zeros(channels, FLOAT)
        self.mean = np.zeros(channels, FLOAT)
        self.variance = np.ones(channels, FLOAT)

    def forward(self, x, training):
        rows = x.reshape(-1, x.shape[-1])
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = rows.mean(0), rows.var(0)
            self._update_statistics(mean, variance * (len(rows) / (len(rows) - 1)))
        self.inverse = 1 / np.sqrt(variance + FLOAT(self.EPSILON))
        self.normal = (rows - mean) * self.inverse
        return (self.normal * self.params["scale"] + self.params["bias"]).reshape(x.shape)

    def _update_statistics(self, mean, variance):
        keep = FLOAT(self.MOMENTUM)
        self.mean = keep * self.mean + (1 - keep) * mean
        self.variance = keep * self.variance + (1 - keep) * variance

    def backward(self, dy):
        rows = dy.reshape(-1, dy.shape[-1])
        bias_grad, scale_grad = rows.sum(0), (rows * self.normal).sum(0)
        self.grads["bias"], self.grads["scale"] = bias_grad, scale_grad
        centred = rows - (bias_grad + self.normal * scale_grad) / FLOAT(len(rows))
        return (centred * (self.params["scale"] * self.inverse)).reshape(dy.shape)

    def to_onnx(self, graph, x):
        values = {**self.params, "mean": self.mean, "variance": self.variance}
        inputs = [x] + [graph.weight(f"{self.name}.{key}", value) for key, value in values.items()]
        return graph.node("BatchNormalization", self.name, inputs, epsilon=self.EPSILON)


class Relu(Layer):
    """max(x, 0), elementwise."""

    def forward(self, x, training):
        self.open = x > 0
        return x * self.open

    def backward(self, dy):
        return dy * self.open

    def to_onnx(self, graph, x):
        return graph.node("Relu", self.name, [x])


class Relu6(Layer):
    """min(max(x, 0), 6), elementwise; Clip in ONNX."""

    def forward(self, x, training):
        self.open = (x > 0) & (x < 6)
        return np.clip(x, FLOAT(0), FLOAT(6))

    def backward(self, dy):
        return dy * self.open

    def to_onnx(self, graph, x):
        bounds = [graph.weight(f"{self.name}.min", FLOAT(0)), graph.weight(f"{self.name}.max", FLOAT(6))]
        return graph.node("Clip", self.name, [x, *bounds])


class MaxPool2x2(Layer):
    """(N, H, W, C) -> (N, H/2, W/2, C)."""

    def forward(self, x, training):
        count, height, width, channels = x.shape
        blocks = x.reshape(count, height // 2, 2, width // 2, 2, channels)
        largest = blocks.max((2, 4), keepdims=True)
        # Equal values, common where the image is empty, share the gradient.
        equal = (blocks == largest).astype(FLOAT)
        self.share = equal / equal.sum((2, 4), keepdims=True)
        return largest[:, :, 0, :, 0]

    def backward(self, dy):
        count, height, width, channels = dy.shape
        dx = self.share * dy[:, :, np.newaxis, :, np.newaxis]
        return dx.reshape(count, height * 2, width * 2, channels)

    def to_onnx(self, graph, x):
        return graph.node("MaxPool", self.name, [x], kernel_shape=[2, 2], strides=[2, 2])


class GlobalAveragePool(Layer):
    """(N, H, W, C) -> (N, C); GlobalAveragePool and Flatten in ONNX."""

    def forward(self, x, training):
        self.shape = x.shape
        return x.mean((1, 2))

    def backward(self, dy):
        pixels = self.shape[1] * self.shape[2]
        return np.broadcast_to(dy[:, np.newaxis, np.newaxis] / FLOAT(pixels), self.shape)

    def to_onnx(self, graph, x):
        pooled = graph.node("GlobalAveragePool", self.name, [x])
        return graph.node("Flatten", f"{self.name}.flat", [pooled], axis=1)


class Chain(Layer):
    """One layer after the other."""

    def __init__(self, *layers):
        super().__init__("chain")
        self.layers = layers

    def leaves(self):
        for layer in self.layers:
            yield from layer.leaves()

    def forward(self, x, training):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def to_onnx(self, graph, x):
        for layer in self.layers:
            x = layer.to_onnx(graph, x)
        return x


class Residual(Layer):
    """x + body(x)."""

    def __init__(self, name, body):
        super().__init__(name)
        self.body = body

    def leaves(self):
        yield from self.body.leaves()

    def forward(self, x, training):
        return x + self.body.forward(x, training)

    def backward(self, dy):
        return dy + self.body.backward(dy)

    def to_onnx(self, graph, x):
        return graph.node("Add", self.name, [self.body.to_onnx(graph, x), x])
