"""Sample inputs, to calibrate or to evaluate with: read, and checked against the network before anything runs."""

import numpy as np

from . import arguments, arrays
from .errors import DataError, Error


class Samples:
    """Checked samples: N of each input of the network."""

    def __init__(self, arrays_by_name, inputs, source="sample data"):
        """`inputs` have name, shape and type; arrays are (N, ...), the batch axis of 1 left out or not.

        DataError: a missing or unknown input, another shape or type, different N, NaN or infinity.
        """
        self._inputs = list(inputs)
        self._arrays = arrays_by_name
        self._check_names(source)
        counts = {}
        for tensor in self._inputs:
            what = f"{source}: array {tensor.name!r}"
            counts[tensor.name] = arrays.sample_count(arrays_by_name[tensor.name], tensor, what, DataError)
            _check_finite(arrays_by_name[tensor.name], what)
        if len(set(counts.values())) != 1:
            found = ", ".join(f"{count} of {name!r}" for name, count in counts.items())
            raise DataError(f"{source}: expected the same number of samples of each input, found {found}")
        self._count = next(iter(counts.values()))

    def _check_names(self, source):
        needed = [tensor.name for tensor in self._inputs]
        if not needed:
            raise DataError(f"{source}: the network has no inputs")
        for name in needed:
            if name not in self._arrays:
                raise DataError(f"{source}: no array {name!r}; found {_names(self._arrays)}, the network takes {_names(needed)}")
        for name in self._arrays:
            if name not in needed:
                raise DataError(f"{source}: array {name!r} is no input of the network, which takes {_names(needed)}")

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        """Sample `index` as a list of arrays in the network's shapes."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        return [np.ascontiguousarray(self._arrays[t.name][index]).reshape(t.shape) for t in self._inputs]


def load_samples(data, inputs):
    """Samples from a path (.npz by input name, .npy for a network of one input), a dict, a list or an array.

    A list has one array per input. DataError: see Samples.
    """
    source = "sample data"
    if isinstance(data, (str, bytes)) or hasattr(data, "__fspath__"):
        source = str(data)
        try:
            data = arrays.load(arguments.path(data, "sample data"))
        except Error as error:
            raise DataError(str(error)) from None
    if isinstance(data, Samples):
        return data
    if isinstance(data, (list, tuple)) and len(data) == len(inputs) > 1:
        data = {tensor.name: array for tensor, array in zip(inputs, data)}
    if not isinstance(data, dict):
        if len(inputs) != 1:
            raise DataError(f"{source}: one array, but the network takes {_names(t.name for t in inputs)}; name each (.npz, dict)")
        data = {inputs[0].name: data}
    data = {name: arrays.as_array(array, f"{source}: array {name!r}", DataError) for name, array in data.items()}
    return Samples({name: arrays.widened(array) for name, array in data.items()}, inputs, source)


def spread(total, count):
    """At most `count` of the indices [0, total), evenly spread."""
    count = min(count, total)
    return [index * total // count for index in range(count)]


def _names(names):
    return ", ".join(map(repr, names)) or "none"


def _check_finite(array, what):
    if array.dtype.kind != "f":
        return
    finite = np.isfinite(array)
    if finite.all():
        return
    position = tuple(int(i) for i in np.argwhere(~finite)[0])
    raise DataError(f"{what}: expected finite values, found {array[position]} at {list(position)}, in sample {position[0]}")
