"""Runs compiled code where reading or writing beyond a buffer is death, and what it leaves unwritten shows."""

import ctypes
import mmap

import numpy as np

from nnq import arrays
from nnq.loaded import Loaded

PAGE = mmap.PAGESIZE


class Guarded:
    """Memory that ends where a page without access begins, so that code which reads or writes beyond it dies."""

    def __init__(self):
        self.blocks = []
        self.protect = ctypes.CDLL(None).mprotect

    def place(self, index, size, alignment):
        """The address of `size` bytes in block `index`."""
        while len(self.blocks) <= index:
            self.blocks.append((None, 0, 0))
        _, begin, room = self.blocks[index]
        if room < size:
            room = max(2 * room, -(-size // PAGE) * PAGE, 4 * PAGE)
            memory = mmap.mmap(-1, room + PAGE)
            begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
            if self.protect(ctypes.c_void_p(begin + room), PAGE, 0):
                raise OSError("mprotect failed")
            self.blocks[index] = (memory, begin, room)
        return (begin + room - size) // alignment * alignment

    def execute(self, compiled, inputs):
        """What went wrong, or "", and the outputs of a _nnq.CompiledModel for this machine."""
        loaded = Loaded(compiled)
        tensors = [*loaded.inputs, *loaded.outputs]
        addresses = [self.place(i, _bytes(t), 1) for i, t in enumerate(tensors)]
        addresses.append(self.place(len(tensors), max(loaded.arena_bytes, 64), 64))
        runs = []
        for pattern in (0xFF, 0x5A):
            for address, tensor, array in zip(addresses, loaded.inputs, inputs):
                data = np.ascontiguousarray(array, arrays.dtype_of(tensor)).tobytes()
                ctypes.memmove(address, data, len(data))
            ctypes.memset(addresses[-1], pattern, loaded.arena_bytes)
            for address, tensor in zip(addresses[len(inputs) :], loaded.outputs):
                ctypes.memset(address, pattern, _bytes(tensor))
            loaded.call(addresses)
            runs.append([ctypes.string_at(a, _bytes(t)) for a, t in zip(addresses[len(inputs) :], loaded.outputs)])
        if runs[0] != runs[1]:
            return "two runs give two results: the code reads what the arena or an output held before", None
        return "", [np.frombuffer(data, arrays.dtype_of(t)).reshape(t.shape) for data, t in zip(runs[0], loaded.outputs)]


def _bytes(tensor):
    return int(np.prod(tensor.shape, dtype=np.int64)) * arrays.dtype_of(tensor).itemsize
