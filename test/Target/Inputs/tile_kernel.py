"""Writes matrix products as loop nests over the register tiles of one target, in the form that code generation emits.

  tile_kernel.py TARGETS.DEF TARGET > kernels.mlir

@tile_RxC(x: m x K, w: K/depth x blocks x block*depth, out: m x blocks*block) is out = x * transposed(w) in i32, where w
holds packed(k, ob, oi, k0) = weight(ob * block + oi, depth * k + k0). @nibble_RxC is sixteen times that, of weights of 4 bits:
those of steps 2k and 2k + 1 are in the low and the high half of a byte. @word_RxC is the same as @tile_RxC on activations of 16 bits.
@float_RxC is the same in f32, with depth 1 and blocks of one vector. The products have TILES tiles in each direction.
"""

import re
import sys
from dataclasses import dataclass

K = 256
TILES = 2


@dataclass
class Dot:
    instruction: str
    lanes: int
    depth: int
    rows: int
    bits: int
    unsigned: bool


@dataclass
class Target:
    name: str
    float_lanes: int
    dot: Dot
    word_dot: Dot
    block: int
    steps: int
    tiles: list
    nibble_tiles: list
    word_tiles: list
    float_tiles: list


def read_targets(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    for row in text.split("NNQ_TARGET(")[1:]:
        name = re.search(r'"([^"]*)"', row).group(1)
        bits, dots, block, steps, tiles = re.search(r"(\d+),\s+(DOT.*\)), (\d+), (\d+),\n(.*)", row, re.S).groups()
        dots = (Dot(instruction, *map(int, numbers.split(", ")), sign == "true")
                for instruction, numbers, sign in re.findall(r"DOT\((\w+), ([\d, ]+), (true|false)\)", dots))
        lists = ([(int(r), int(c)) for r, c in re.findall(r"TILE\((\d+), (\d+)\)", part)] for part in tiles.split(",\n"))
        yield Target(name, int(bits) // 32, *dots, int(block), int(steps), *lists)


class Kernel:
    """One function. What is of bytes and what of floats is in the subclasses."""

    def __init__(self, target, rows, columns):
        self.t, self.rows, self.columns = target, rows, columns
        self.m, self.blocks = rows * TILES, columns * TILES
        self.lines, self.count = [], 0

    def line(self, text):
        self.lines.append(text)

    def op(self, text):
        self.count += 1
        self.lines.append(f"%{self.count} = {text}")
        return f"%{self.count}"

    def plus(self, value, offset):
        return self.op(f"affine.apply affine_map<(d0) -> (d0 + {offset})>({value})")

    def write(self):
        x, w, out = f"memref<{self.m}x{K}x{self.type}>", self.weight_type(), f"memref<{self.m}x{self.blocks * self.block}x{self.sum_type}>"
        names = [f"%acc{i}" for i in range(len(self.places()))]
        types = ", ".join([self.acc_type()] * len(names))
        self.line(f"func.func @{self.name}_{self.rows}x{self.columns}(%x: {x}, %w: {w}, %out: {out}) {{")
        for name, value in (("zero", 0), ("m_end", self.m), ("m_step", self.rows), ("b_end", self.blocks), ("b_step", self.columns), ("k_end", K),
                            ("depth", self.depth), ("k_step", self.depth * self.steps)):
            self.line(f"%{name} = arith.constant {value} : index")
        self.line(f"%none = arith.constant dense<0{'.0' if self.type == 'f32' else ''}> : {self.acc_type()}")
        self.line("scf.for %b = %zero to %b_end step %b_step {")
        self.line("scf.for %m = %zero to %m_end step %m_step {")
        self.line(f"%sums:{len(names)} = scf.for %k = %zero to %k_end step %k_step "
                  f"iter_args({', '.join(f'{n} = %none' for n in names)}) -> ({types}) {{")
        self.line("%kd = arith.divui %k, %depth : index")
        self.line(f"scf.yield {', '.join(self.reduce(names, x, w))} : {types}\n}}")
        for i, place in enumerate(self.places()):
            self.store(f"%sums#{i}", place, out)
        self.line("}\n}\nreturn\n}")
        return "\n".join(self.lines)


class ByteKernel(Kernel):
    name, type, sum_type = "tile", "i8", "i32"

    def __init__(self, target, rows, columns):
        super().__init__(target, rows, columns)
        self.dot, self.steps = self.describe(target)
        self.block, self.depth, self.steps_per_load = target.block, self.dot.depth, self.steps
        # An accumulator has the outputs of a block; that of a matrix instruction has only its own.
        self.outputs = target.block if self.dot.rows == 1 else self.dot.lanes

    def describe(self, target):
        return target.dot, target.steps

    def places(self):
        """(row, column, first output) of each accumulator."""
        return [(r, c, o) for r in range(0, self.rows, self.dot.rows) for c in range(self.columns) for o in range(0, self.block, self.outputs)]

    def acc_type(self):
        return f"vector<{self.outputs * self.dot.rows}xi32>"

    def weight_type(self):
        return f"memref<{K // self.depth}x{self.blocks}x{self.block * self.depth}xi8>"

    def reduce(self, sums, x, w):
        size = self.steps_per_load * self.depth
        for step in range(self.steps):
            if step % self.steps_per_load == 0:
                at = self.plus("%k", step * self.depth)
                rows = {r: self.op(f"vector.load %x[{self.plus('%m', r)}, {at}] : {x}, vector<{size}x{self.type}>") for r in range(self.rows)}
            weights = {p[1:]: self.weights(*p[1:], step, w) for p in self.places()}
            activations = {p[0]: self.activations(rows, p[0], step) for p in self.places()}
            sums = [self.contract(activations[p[0]], weights[p[1:]], acc) for acc, p in zip(sums, self.places())]
        return sums

    def part(self, row, step):
        steps = self.steps_per_load
        if steps == 1:
            return row
        return self.op(f"vector.extract_strided_slice {row} {{offsets = [{step * self.depth}], sizes = [{self.depth}], strides = [1]}} : "
                       f"vector<{steps * self.depth}x{self.type}> to vector<{self.depth}x{self.type}>")

    def activations(self, rows, row, step):
        extend = "extui" if self.dot.unsigned else "extsi"
        parts = [self.part(rows[r], step) for r in range(row, row + self.dot.rows)]
        value, d = parts[0], self.depth
        if self.dot.rows == 2:
            value = self.op(f"vector.shuffle {parts[0]}, {parts[1]} {list(range(2 * d))} : vector<{d}xi8>, vector<{d}xi8>")
            value = self.op(f"vector.shape_cast {value} : vector<{2 * d}xi8> to vector<2x{d}xi8>")
        shape = f"2x{d}" if self.dot.rows == 2 else d
        return self.op(f"arith.{extend} {value} : vector<{shape}x{self.type}> to vector<{shape}xi32>")

    def weights(self, column, first, step, w):
        size, shape = self.outputs * self.depth, f"{self.outputs}x{self.depth}"
        kd, ob = self.plus("%kd", step), self.plus("%b", column)
        at = self.op(f"arith.constant {first * self.depth} : index")
        flat = self.op(f"vector.load %w[{kd}, {ob}, {at}] : {w}, vector<{size}xi8>")
        shaped = self.op(f"vector.shape_cast {flat} : vector<{size}xi8> to vector<{shape}xi8>")
        return self.op(f"arith.extsi {shaped} : vector<{shape}xi8> to vector<{shape}xi32>")

    def contract(self, x, w, acc):
        n, d, flat = self.outputs, self.depth, self.acc_type()
        matrix = self.dot.rows == 2
        acc_type, x_shape = (f"vector<2x{n}xi32>", f"2x{d}") if matrix else (flat, d)
        maps = "#mk, #mnk, #mn" if matrix else "#k, #nk, #n"
        iterators = '"parallel", "parallel", "reduction"' if matrix else '"parallel", "reduction"'
        if matrix:
            acc = self.op(f"vector.shape_cast {acc} : {flat} to {acc_type}")
        sums = self.op(f"vector.contract {{indexing_maps = [{maps}], iterator_types = [{iterators}], kind = #vector.kind<add>}} "
                       f"{x}, {w}, {acc} : vector<{x_shape}xi32>, vector<{n}x{d}xi32> into {acc_type}")
        return self.op(f"vector.shape_cast {sums} : {acc_type} to {flat}") if matrix else sums

    def store(self, sums, place, out):
        row, column, first = place
        n = self.outputs
        at = self.op(f"affine.apply affine_map<(d0) -> (d0 * {self.block} + {column * self.block + first})>(%b)")
        for r in range(self.dot.rows):
            value = sums if self.dot.rows == 1 else self.op(
                f"vector.extract_strided_slice {sums} {{offsets = [{r * n}], sizes = [{n}], strides = [1]}} : {self.acc_type()} to vector<{n}xi32>")
            self.line(f"vector.store {value}, %out[{self.plus('%m', row + r)}, {at}] : {out}, vector<{n}xi32>")


class NibbleKernel(ByteKernel):
    name = "nibble"

    def __init__(self, target, rows, columns):
        super().__init__(target, rows, columns)
        self.steps, self.steps_per_load = 2, 1

    def weight_type(self):
        return f"memref<{K // self.depth // 2}x{self.blocks}x{self.block * self.depth}xi8>"

    def weights(self, column, first, step, w):
        size, shape = self.outputs * self.depth, f"{self.outputs}x{self.depth}"
        group = self.op(f"affine.apply affine_map<(d0) -> (d0 floordiv 2 + {step // 2})>(%kd)")
        at = self.op(f"arith.constant {first * self.depth} : index")
        packed = self.op(f"vector.load %w[{group}, {self.plus('%b', column)}, {at}] : {w}, vector<{size}xi8>")
        name, operand = ("andi", -16) if step % 2 else ("shli", 4)
        mask = self.op(f"arith.constant dense<{operand}> : vector<{size}xi8>")
        flat = self.op(f"arith.{name} {packed}, {mask} : vector<{size}xi8>")
        shaped = self.op(f"vector.shape_cast {flat} : vector<{size}xi8> to vector<{shape}xi8>")
        return self.op(f"arith.extsi {shaped} : vector<{shape}xi8> to vector<{shape}xi32>")


class WordKernel(ByteKernel):
    name, type = "word", "i16"

    def describe(self, target):
        return target.word_dot, 1


class FloatKernel(Kernel):
    name, type, sum_type = "float", "f32", "f32"
    depth, steps = 1, 1

    def __init__(self, target, rows, columns):
        super().__init__(target, rows, columns)
        self.block = target.float_lanes

    def places(self):
        return [(r, c) for r in range(self.rows) for c in range(self.columns)]

    def acc_type(self):
        return f"vector<{self.block}xf32>"

    def weight_type(self):
        return f"memref<{K}x{self.blocks}x{self.block}xf32>"

    def reduce(self, sums, x, w):
        at = self.op("arith.constant 0 : index")
        weights = [self.op(f"vector.load %w[%k, {self.plus('%b', c)}, {at}] : {w}, {self.acc_type()}") for c in range(self.columns)]
        results = []
        for acc, (row, column) in zip(sums, self.places()):
            if column == 0:
                scalar = self.op(f"memref.load %x[{self.plus('%m', row)}, %k] : {x}")
                activation = self.op(f"vector.broadcast {scalar} : f32 to {self.acc_type()}")
            results.append(self.op(f"math.fma {activation}, {weights[column]}, {acc} : {self.acc_type()}"))
        return results

    def store(self, sums, place, out):
        at = self.op(f"affine.apply affine_map<(d0) -> (d0 * {self.block} + {place[1] * self.block})>(%b)")
        self.line(f"vector.store {sums}, %out[{self.plus('%m', place[0])}, {at}] : {out}, {self.acc_type()}")


def main(arguments):
    target = next(t for t in read_targets(arguments[0]) if t.name == arguments[1])
    print("#k = affine_map<(n, k) -> (k)>\n#nk = affine_map<(n, k) -> (n, k)>\n#n = affine_map<(n, k) -> (n)>\n"
          "#mk = affine_map<(m, n, k) -> (m, k)>\n#mnk = affine_map<(m, n, k) -> (n, k)>\n#mn = affine_map<(m, n, k) -> (m, n)>")
    for kernel, tiles in ((ByteKernel, target.tiles), (NibbleKernel, target.nibble_tiles), (WordKernel, target.word_tiles),
                          (FloatKernel, target.float_tiles)):
        for rows, columns in tiles:
            print(kernel(target, rows, columns).write())


if __name__ == "__main__":
    main(sys.argv[1:])
