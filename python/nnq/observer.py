"""Compiled code that tells of the tensors that it computes (--nnq-call-observer), and who listens."""

import ctypes

import numpy as np

from . import arrays

FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
"""What compiled code calls: with a context, a tensor's index and its address."""


class Observer:
    """Calls `record(name, array)` for each observed tensor of a run, once it is computed; the array is there during the call only.

    address  what the code takes as its last input, for as long as this object lives
    """

    def __init__(self, tensors, record):
        self._tensors, self._record, self._raised = tensors, record, None
        self._function = FUNCTION(self._tell)
        self.address = np.array([ctypes.cast(self._function, ctypes.c_void_p).value, 0], np.int64)

    def _tell(self, _, index, address):
        if self._raised:
            return
        tensor = self._tensors[index]
        try:
            self._record(tensor.name, _array_at(address, tensor))
        except Exception as error:  # which can't pass through compiled code
            self._raised = error

    def check(self):
        """Raises what `record` has raised first; it has not been called again."""
        if self._raised:
            raise self._raised


def ignore(name, array):
    """For runs that nobody observes."""


def _array_at(address, tensor):
    """A tensor in memory, as an array that is a view of it."""
    dtype = arrays.dtype_of(tensor)
    size = dtype.itemsize * int(np.prod(tensor.shape, dtype=np.int64))
    return np.frombuffer((ctypes.c_char * size).from_address(address), dtype).reshape(tensor.shape)
