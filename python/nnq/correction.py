"""Channel correction: what rounding does to gain and mean of each channel, measured on samples and folded into the model."""

HELD_OUT = 4
"""Each so-many-th calibration sample only judges whether a correction helps."""


def correct(nnq, float_stages, quantized_stages, bounds, kind, sample_count, progress):
    """Corrects one layer after the other, each on inputs that the corrected layers in front of it compute.

    float_stages, quantized_stages  both networks, started on the same samples
    bounds                          {layer: (lo, hi)}, where its type or clamp saturates; layers without an entry are left alone
    kind                            "bias", "affine", or "auto", the better of both for each channel

    Returns {layer: ChannelCorrection}; behind them, the quantized stages compute on.
    """
    expected_layers, quantized_layers = float_stages.layers(), quantized_stages.layers()
    ahead = list(float_stages.layer_names)
    corrections = {}
    for _ in progress.count(quantized_stages.layer_names, "correcting channels"):
        name, found = next(quantized_layers)
        if name not in bounds or name not in ahead:
            continue
        expected = next(values for layer, values in expected_layers if layer == name)
        del ahead[: ahead.index(name) + 1]
        measured, judged = (_moments(nnq, expected, found, indices, bounds[name]) for indices in split(range(sample_count)))
        corrections[name] = measured.fit(judged, kind)
        for values in found:
            values *= corrections[name].gain
            values += corrections[name].offset
    return corrections


def _moments(nnq, expected, found, indices, bounds):
    moments = nnq.ChannelMoments()
    for index in indices:
        moments.add(expected[index], found[index], *bounds)
    return moments


def split(samples):
    """Indices to measure on, and indices to judge by."""
    judged = range(0, len(samples), HELD_OUT)
    measured = [index for index in range(len(samples)) if index % HELD_OUT]
    return measured or [*judged], [*judged]
