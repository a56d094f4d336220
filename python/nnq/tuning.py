"""What a quantized network loses is taken back layer by layer: weights are rounded by what the layer reads, channels corrected.

Both networks run side by side on the samples, layer after layer (`Stages`), and each layer is treated behind those that have been.
"""

from . import pipelines

HELD_OUT = 8
"""Each so-many-th calibration sample only judges whether a change helps."""


def layers_side_by_side(float_stages, quantized_stages, progress):
    """Runs both networks layer by layer; yields the name of each layer that both have, when both have computed it."""
    running, quantized = float_stages.layers(), quantized_stages.layers()
    ahead = list(float_stages.layer_names)
    for _ in progress.count(quantized_stages.layer_names, "tuning layers"):
        name = next(quantized)
        if name in ahead:
            next(layer for layer in running if layer == name)
            del ahead[: ahead.index(name) + 1]
            yield name


class Correction:
    """Gains and offsets of channels that bring a layer back to what it computes in float."""

    def __init__(self, nnq, bounds, kind):
        """bounds: {layer: (lo, hi)}, where its type or clamp saturates; kind: "bias", "affine" or "auto", the better for each channel."""
        self._nnq = nnq
        self._bounds = bounds
        self._kind = kind
        self.found = {}

    def apply(self, name, float_stages, quantized_stages, measured, judged):
        """Measures the layer on some samples, lets others judge, and changes its values."""
        if name not in self._bounds:
            return
        expected, found = float_stages.values, quantized_stages.values
        fitted, judge = (self._moments(name, expected, found, indices) for indices in (measured, judged))
        correction = self.found[name] = fitted.fit(judge, self._kind)
        for values in found:
            values *= correction.gain
            values += correction.offset

    def _moments(self, name, expected, found, indices):
        moments = self._nnq.ChannelMoments()
        for index in indices:
            moments.add(expected[index], found[index], *self._bounds[name])
        return moments


class Rounding:
    """Weights of few bits, rounded by the moments of what the layer reads."""

    def __init__(self, nnq, bits, file):
        """bits: {layer: width}, by name; file: where weights are written for the stages."""
        self._nnq = nnq
        self._bits = bits
        self._file = file
        self.found = {}

    def apply(self, name, float_stages, quantized_stages, measured, _):
        """Measures what the layer reads, rounds its weights, and computes its values again."""
        layers = [layer for layer in self._nnq.find_layers(float_stages.module) if layer.name in self._bits]
        if not layers:
            return
        layer, kind = layers[-1], quantized_stages.input_type
        moments = layer.moments(kind.scale)
        expected, found = float_stages.inputs, quantized_stages.inputs
        for index in measured:
            layer.add_sample(moments, expected[index], found[index], kind.zero_point, index)
        self.found[name] = (layer, layer.round(moments, self._bits[layer.name]))
        self._nnq.write_weights(quantized_stages.module, {name: self.found[name]}, str(self._file))
        quantized_stages.module.run_pipeline(pipelines.replace_weights(self._file))
        quantized_stages.run_stage()


def split(samples):
    """Indices to measure on, and indices to judge by."""
    judged = range(0, len(samples), HELD_OUT)
    measured = [index for index in range(len(samples)) if index % HELD_OUT]
    return measured or [*judged], [*judged]
