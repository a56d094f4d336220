"""Writes matrix products as loop nests over the register tiles of one target, in the form that code generation emits.

  tile_kernel.py TARGETS.DEF TARGET > kernels.mlir

@tile_RxC(x: m x K, w: K/depth x columns x channels*depth, out: m x columns*channels) is out = x * transposed(w) in i32, where w
holds packed(k, col, lane, k0) = weight(col * channels + lane, depth * k + k0). @nibble_RxC is sixteen times that, of weights of 4 bits:
those of steps 2k and 2k + 1 are in the low and the high half of a byte. @crumb_RxC is 64 times that, of weights of 2 bits, four steps
to a byte. @codebook16_RxC and @codebook4_RxC are of positions of 4 and 2 bits in LEVELS, and @sign_RxC is 64 times that of
weights of -1 (a set bit) and 1, eight steps to a byte. @word_RxC is the same as @tile_RxC on activations of 16 bits.
@float_RxC is the same as @tile_RxC in f32, with depth 1 and columns of one vector, @floatnibble_RxC, @floatcodebook16_RxC, ... as
@nibble_RxC, @codebook16_RxC, ...
@kept4of8_RxC, ... and @window_RxC select the inputs of a step by stored indices; these are compiled, not run.
The products have TILES tiles in each direction.
"""

import ast
import re
import sys
from dataclasses import dataclass

K = 256
TILES = 2
LEVELS = {"codebook16": [8 * i * i - 60 * i - 15 for i in range(16)], "codebook4": [-127, -38, 0, 127]}
"""As in run_tiles.c; modulo 256."""


@dataclass
class Dot:
    instruction: str
    lanes: int
    depth: int
    rows: int
    bits: int
    unsigned: bool


@dataclass
class Row:
    activation: str
    encoding: str
    dot: Dot
    channels: int
    tiles: list


@dataclass
class Target:
    name: str
    vector_bits: int
    rows: list


def read_targets(path):
    """The targets of one family."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    dots, targets = {}, {}
    for kind, line in re.findall(r"^NNQ_(DOT|TARGET|ROW)\((.*)\)$", text, re.M):
        if kind == "TARGET":
            name, *_, vector_bits, _ = ast.literal_eval(f"({line})")
            targets[name] = Target(name, vector_bits, [])
            continue
        name, *fields = line.split(", ", 5 if kind == "ROW" else -1)
        if kind == "DOT":
            instruction, _, *numbers, unsigned = fields
            dots[name] = Dot(instruction, *map(int, numbers), unsigned == "true")
        else:
            activation, encoding, dot, channels, tiles = fields
            tiles = [(int(r), int(c)) for r, c in re.findall(r"TILE\((\d+), (\d+)\)", tiles)]
            targets[name.strip('"')].rows.append(Row(activation, encoding, dots[dot], int(channels), tiles))
    return list(targets.values())


class Kernel:
    """One function. What is of bytes and what of floats is in the subclasses."""

    steps = 1  # of an iteration

    def __init__(self, row, rows, columns):
        self.dot, self.channels, self.depth = row.dot, row.channels, row.dot.depth
        self.rows, self.columns = rows, columns
        self.m, self.all_columns = rows * TILES, columns * TILES
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
        x, w, out = f"memref<{self.m}x{K}x{self.type}>", self.weight_type(), f"memref<{self.m}x{self.all_columns * self.channels}x{self.sum_type}>"
        names = [f"%acc{i}" for i in range(len(self.places()))]
        types = ", ".join([self.acc_type()] * len(names))
        self.line(f"func.func @{self.name}_{self.rows}x{self.columns}(%x: {x}, %w: {w}, %out: {out}) {{")
        for name, value in (("zero", 0), ("m_end", self.m), ("m_step", self.rows), ("b_end", self.all_columns), ("b_step", self.columns), ("k_end", K),
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

    def __init__(self, row, rows, columns):
        super().__init__(row, rows, columns)
        # An accumulator has the channels of a column; that of a matrix instruction has only its own.
        self.outputs = self.channels if self.dot.rows == 1 else self.dot.lanes

    def places(self):
        """(row, column, first output) of each accumulator."""
        return [(r, c, o) for r in range(0, self.rows, self.dot.rows) for c in range(self.columns) for o in range(0, self.channels, self.outputs)]

    def acc_type(self):
        return f"vector<{self.outputs * self.dot.rows}xi32>"

    def weight_type(self):
        return f"memref<{K // self.depth}x{self.all_columns}x{self.channels * self.depth}xi8>"

    def reduce(self, sums, x, w):
        for step in range(self.steps):
            at = self.plus("%k", step * self.depth)
            rows = {r: self.op(f"vector.load %x[{self.plus('%m', r)}, {at}] : {x}, vector<{self.depth}x{self.type}>") for r in range(self.rows)}
            weights = {p[1:]: self.weights(*p[1:], step, w) for p in self.places()}
            activations = {p[0]: self.activations(rows, p[0]) for p in self.places()}
            sums = [self.contract(activations[p[0]], weights[p[1:]], acc) for acc, p in zip(sums, self.places())]
        return sums

    def activations(self, rows, row):
        extend = "extui" if self.dot.unsigned else "extsi"
        parts = [rows[r] for r in range(row, row + self.dot.rows)]
        value, d = parts[0], self.depth
        if self.dot.rows == 2:
            value = self.op(f"vector.shuffle {parts[0]}, {parts[1]} {list(range(2 * d))} : vector<{d}xi8>, vector<{d}xi8>")
            value = self.op(f"vector.shape_cast {value} : vector<{2 * d}xi8> to vector<2x{d}xi8>")
        shape = f"2x{d}" if self.dot.rows == 2 else d
        return self.op(f"arith.{extend} {value} : vector<{shape}x{self.type}> to vector<{shape}xi32>")

    def weights(self, column, first, step, w):
        size, shape = self.outputs * self.depth, f"{self.outputs}x{self.depth}"
        kd, col = self.plus("%kd", step), self.plus("%b", column)
        at = self.op(f"arith.constant {first * self.depth} : index")
        flat = self.op(f"vector.load %w[{kd}, {col}, {at}] : {w}, vector<{size}xi8>")
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
        at = self.op(f"affine.apply affine_map<(d0) -> (d0 * {self.channels} + {column * self.channels + first})>(%b)")
        for r in range(self.dot.rows):
            value = sums if self.dot.rows == 1 else self.op(
                f"vector.extract_strided_slice {sums} {{offsets = [{r * n}], sizes = [{n}], strides = [1]}} : {self.acc_type()} to vector<{n}xi32>")
            self.line(f"vector.store {value}, %out[{self.plus('%m', row + r)}, {at}] : {out}, vector<{n}xi32>")


class NibbleKernel(ByteKernel):
    name, steps = "nibble", 2

    def weight_type(self):
        return f"memref<{K // self.depth // self.steps}x{self.all_columns}x{self.channels * self.depth}xi8>"

    def weights(self, column, first, step, w):
        size, shape = self.outputs * self.depth, f"{self.outputs}x{self.depth}"
        pack = self.op(f"affine.apply affine_map<(d0) -> (d0 floordiv {self.steps} + {step // self.steps})>(%kd)")
        at = self.op(f"arith.constant {first * self.depth} : index")
        packed = self.op(f"vector.load %w[{pack}, {self.plus('%b', column)}, {at}] : {w}, vector<{size}xi8>")
        flat = self.unpack(packed, step, f"vector<{size}xi8>")
        shaped = self.op(f"vector.shape_cast {flat} : vector<{size}xi8> to vector<{shape}xi8>")
        return self.op(f"arith.extsi {shaped} : vector<{shape}xi8> to vector<{shape}xi32>")

    def unpack(self, packed, step, type):
        return unpack_highest(self, packed, step, type)


def arith(kernel, name, value, operand, type):
    return kernel.op(f"arith.{name} {value}, {kernel.op(f'arith.constant dense<{operand}> : {type}')} : {type}")


def unpack_highest(kernel, packed, step, type):
    """Weights of a step in the highest bits of bytes."""
    bits, field = 8 // kernel.steps, step % kernel.steps
    if field + 1 < kernel.steps:
        packed = arith(kernel, "shli", packed, 8 - bits * (field + 1), type)
    return packed if field == 0 else arith(kernel, "andi", packed, -(1 << 8 - bits), type)


def unpack_levels(kernel, packed, step, type):
    bits, field = 8 // kernel.steps, step % kernel.steps
    if field:
        packed = arith(kernel, "shrui", packed, bits * field, type)
    if field + 1 < kernel.steps:
        packed = arith(kernel, "andi", packed, (1 << bits) - 1, type)
    table = [(level + 128) % 256 - 128 for level in LEVELS[f"codebook{1 << bits}"]]
    table = kernel.op(f"arith.constant dense<{table + [0] * (16 - len(table))}> : vector<16xi8>")
    return kernel.op(f"nnq_kernel.lookup {packed} in {table} : {type}, vector<16xi8>")


def unpack_signs(kernel, packed, step, type):
    if step % 8 < 7:
        packed = arith(kernel, "shli", packed, 7 - step % 8, type)
    return arith(kernel, "ori", arith(kernel, "andi", packed, -128, type), 64, type)


class CrumbKernel(NibbleKernel):
    name, steps = "crumb", 4


class Codebook16Kernel(NibbleKernel):
    name, unpack = "codebook16", unpack_levels


class Codebook4Kernel(NibbleKernel):
    name, steps, unpack = "codebook4", 4, unpack_levels


class SignKernel(NibbleKernel):
    name, steps, unpack = "sign", 8, unpack_signs


class StoredKernel(ByteKernel):
    """Weights that are stored in part: `dots` products of a step of `inputs`, whose bytes are followed by those of their indices."""

    inputs, shares = 64, False

    @property
    def steps(self):
        return self.inputs // self.depth

    def weight_type(self):
        return f"memref<{K // self.inputs}x{TILES}x{self.dots * self.columns * 64 + self.index_bytes()}xi8>"

    def load(self, at, count, w):
        step = self.op(f"affine.apply affine_map<(d0) -> (d0 floordiv {self.steps})>(%kd)")
        tile = self.op(f"affine.apply affine_map<(d0) -> (d0 floordiv {self.columns})>(%b)")
        return self.op(f"vector.load %w[{step}, {tile}, {self.op(f'arith.constant {at} : index')}] : {w}, vector<{count}xi8>")

    def reduce(self, sums, x, w):
        rows = [self.op(f"vector.load %x[{self.plus('%m', r)}, %k] : {x}, vector<{self.inputs}xi8>") for r in range(self.rows)]
        sums, first = list(sums), self.dots * self.columns * 64
        for dot in range(self.dots):
            weights = [self.wide(self.load((dot * self.columns + c) * 64, 64, w), "extsi") for c in range(self.columns)]
            indices = [self.indices(first, dot, c, w) for c in range(1 if self.shares else self.columns)]
            for r in range(self.rows):
                for c in range(self.columns):
                    if c < len(indices):
                        selected = self.op(f"nnq_kernel.lookup {indices[c]} in {rows[r]} : vector<64xi8>, vector<{self.inputs}xi8>")
                        selected = self.wide(selected, "extui")
                    at = r * self.columns + c
                    sums[at] = self.op(f'vector.contract {{indexing_maps = [#nk, #nk, #n], iterator_types = ["parallel", "reduction"], '
                                       f"kind = #vector.kind<add>}} {selected}, {weights[c]}, {sums[at]} : vector<16x4xi32>, vector<16x4xi32> into vector<16xi32>")
        return sums

    def wide(self, value, extend):
        shaped = self.op(f"vector.shape_cast {value} : vector<64xi8> to vector<16x4xi8>")
        return self.op(f"arith.{extend} {shaped} : vector<16x4xi8> to vector<16x4xi32>")


class KeptKernel(StoredKernel):
    def index_bytes(self):
        return self.dots * self.columns * self.bytes_of_dot

    def indices(self, first, dot, column, w):
        n = self.bytes_of_dot
        stored = self.load(first + (dot * self.columns + column) * n, n, w)
        if n == 64:
            return stored
        wide = self.op(f"arith.extui {stored} : vector<{n}xi8> to vector<{n}xi16>")
        both = self.op(f"arith.ori {wide}, {arith(self, 'shli', wide, 4, f'vector<{n}xi16>')} : vector<{n}xi16>")
        both = self.op(f"vector.bitcast {arith(self, 'andi', both, 0x0F0F, f'vector<{n}xi16>')} : vector<{n}xi16> to vector<64xi8>")
        return arith(self, "ori", both, dot * 16, "vector<64xi8>") if dot else both


class Kept4Of8Kernel(KeptKernel):
    name, inputs, dots, bytes_of_dot = "kept4of8", 8, 1, 32


class Kept4Of16Kernel(KeptKernel):
    name, dots, bytes_of_dot = "kept4of16", 4, 32


class Kept4Of32Kernel(KeptKernel):
    name, dots, bytes_of_dot = "kept4of32", 2, 64


class WindowKernel(StoredKernel):
    name, dots, shares = "window", 8, True

    def index_bytes(self):
        return 4 * self.dots

    def indices(self, first, dot, column, w):
        word = self.op(f"vector.bitcast {self.load(first + 4 * dot, 4, w)} : vector<4xi8> to vector<1xi32>")
        word = self.op(f"vector.broadcast {self.op(f'vector.extract {word}[0] : i32 from vector<1xi32>')} : i32 to vector<16xi32>")
        return self.op(f"vector.bitcast {word} : vector<16xi32> to vector<64xi8>")


class WordKernel(ByteKernel):
    name, type = "word", "i16"


class FloatKernel(Kernel):
    name, type, sum_type = "float", "f32", "f32"

    def places(self):
        return [(r, c) for r in range(self.rows) for c in range(self.columns)]

    def acc_type(self):
        return f"vector<{self.channels}xf32>"

    def weight_type(self):
        return f"memref<{K}x{self.all_columns}x{self.channels}xf32>"

    def reduce(self, sums, x, w):
        at = self.op("arith.constant 0 : index")
        weights = [self.op(f"vector.load %w[%k, {self.plus('%b', c)}, {at}] : {w}, {self.acc_type()}") for c in range(self.columns)]
        return self.multiply(sums, x, "%k", weights)

    def multiply(self, sums, x, k, weights):
        results = []
        for acc, (row, column) in zip(sums, self.places()):
            if column == 0:
                scalar = self.op(f"memref.load %x[{self.plus('%m', row)}, {k}] : {x}")
                activation = self.op(f"vector.broadcast {scalar} : f32 to {self.acc_type()}")
            results.append(self.op(f"math.fma {activation}, {weights[column]}, {acc} : {self.acc_type()}"))
        return results

    def store(self, sums, place, out):
        at = self.op(f"affine.apply affine_map<(d0) -> (d0 * {self.channels} + {place[1] * self.channels})>(%b)")
        self.line(f"vector.store {sums}, %out[{self.plus('%m', place[0])}, {at}] : {out}, {self.acc_type()}")


class FloatNibbleKernel(FloatKernel):
    name, steps = "floatnibble", 2

    unpack = unpack_highest

    def weight_type(self):
        return f"memref<{K // self.steps}x{self.all_columns}x{self.channels}xi8>"

    def reduce(self, sums, x, w):
        at, n = self.op("arith.constant 0 : index"), self.channels
        pack = self.op(f"affine.apply affine_map<(d0) -> (d0 floordiv {self.steps})>(%k)")
        packed = [self.op(f"vector.load %w[{pack}, {self.plus('%b', c)}, {at}] : {w}, vector<{n}xi8>") for c in range(self.columns)]
        for step in range(self.steps):
            weights = []
            for column in packed:
                wide = self.op(f"arith.extsi {self.unpack(column, step, f'vector<{n}xi8>')} : vector<{n}xi8> to vector<{n}xi32>")
                weights.append(self.op(f"arith.sitofp {wide} : vector<{n}xi32> to {self.acc_type()}"))
            sums = self.multiply(sums, x, self.plus("%k", step), weights)
        return sums


class FloatCodebook16Kernel(FloatNibbleKernel):
    name, unpack = "floatcodebook16", unpack_levels


class FloatCodebook4Kernel(FloatNibbleKernel):
    name, steps, unpack = "floatcodebook4", 4, unpack_levels


class FloatSignKernel(FloatNibbleKernel):
    name, steps, unpack = "floatsign", 8, unpack_signs


KERNELS = {
    ("i8", "bytes"): ByteKernel, ("i8", "nibbles"): NibbleKernel, ("i8", "crumbs"): CrumbKernel, ("i8", "codebook16"): Codebook16Kernel,
    ("i8", "codebook4"): Codebook4Kernel, ("i8", "signs"): SignKernel, ("i16", "bytes"): WordKernel, ("f32", "floats"): FloatKernel,
    ("f32", "nibbles"): FloatNibbleKernel, ("f32", "codebook16"): FloatCodebook16Kernel, ("f32", "codebook4"): FloatCodebook4Kernel,
    ("f32", "signs"): FloatSignKernel, ("i8", "kept4of8"): Kept4Of8Kernel, ("i8", "kept4of16"): Kept4Of16Kernel,
    ("i8", "kept4of32"): Kept4Of32Kernel, ("i8", "windows"): WindowKernel,
}  # fmt: skip


def tiles_of(target):
    """(kernel, row, rows, columns) of each tile."""
    return [(KERNELS[row.activation, row.encoding], row, *tile) for row in target.rows for tile in row.tiles]


def main(arguments):
    target = next(t for t in read_targets(arguments[0]) if t.name == arguments[1])
    print("#k = affine_map<(n, k) -> (k)>\n#nk = affine_map<(n, k) -> (n, k)>\n#n = affine_map<(n, k) -> (n)>\n"
          "#mk = affine_map<(m, n, k) -> (m, k)>\n#mnk = affine_map<(m, n, k) -> (n, k)>\n#mn = affine_map<(m, n, k) -> (m, n)>")
    for kernel, row, rows, columns in tiles_of(target):
        print(kernel(row, rows, columns).write())


if __name__ == "__main__":
    main(sys.argv[1:])
