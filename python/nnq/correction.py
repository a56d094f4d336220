"""Channel correction: what rounding does to gain and mean of each channel, measured on samples and folded into the model."""

HELD_OUT = 4
"""Each so-many-th calibration sample only judges whether the correction helps."""

GAINS = {"bias": False, "affine": True}
"""Corrections, and whether they change gains as well as means."""


def measure(nnq, float_model, isolated_model, bounds, samples, progress):
    """The moments, {layer: ChannelMoments}, that gains and offsets are fitted to.

    float_model     returns observed tensors of the float network, by name
    isolated_model  takes those that layers read, and returns the layers' results as the integers compute them
    bounds          {layer: (lo, hi)}, where its type or clamp saturates; layers without an entry are left alone
    samples         those to measure on
    """
    expected_at = {tensor.name: index for index, tensor in enumerate(float_model.outputs)}
    layers = [(index, tensor.name) for index, tensor in enumerate(isolated_model.outputs) if tensor.name in bounds]
    moments = {name: nnq.ChannelMoments() for _, name in layers}
    for index in progress.count(range(len(samples)), "correcting"):
        expected = float_model.run(samples[index])
        found = isolated_model.run([expected[expected_at[tensor.name]] for tensor in isolated_model.inputs])
        for position, name in layers:
            moments[name].add(expected[expected_at[name]], found[position], *bounds[name])
    return moments


def split(samples):
    """Indices to measure on, and indices to judge by."""
    judged = range(0, len(samples), HELD_OUT)
    measured = [index for index in range(len(samples)) if index % HELD_OUT]
    return measured or [*judged], [*judged]
