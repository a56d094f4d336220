"""Writes a matrix product of bytes as a loop nest over one register tile of one target.

  tile_kernel.py TARGETS.DEF TARGET ROWS COLUMNS [UNROLL]           one tile, the form that code generation emits
  tile_kernel.py TARGETS.DEF --list                                 "target rows columns" per line

kernel(x: m x k, w: k/depth x blocks x block*depth, out: m x blocks*block): out = x * transposed(w) in i32, where
w holds packed(k, ob, oi, k0) = weight(ob * block + oi, depth * k + k0). With UNROLL, one load of a row serves that many
steps of the reduction.
"""

import re
import sys
from dataclasses import dataclass

REDUCTION = 256
TILES = 2  # tiles in each direction


@dataclass
class Target:
    name: str
    lanes: int
    depth: int
    rows: int
    unsigned: bool
    block: int
    tiles: list


def read_targets(path):
    text = re.sub(r"//.*", "", open(path).read())
    rows = re.split(r"NNQ_TARGET\(", text)[1:]
    for row in rows:
        name = re.search(r'"([^"]*)"', row).group(1)
        dot = re.search(r"DOT\(\w+, (\d+), (\d+), (\d+), (true|false)\), (\d+),(.*)", row, re.S)
        tiles = dot.group(6).split(",\n")[0]
        yield Target(name, int(dot.group(1)), int(dot.group(2)), int(dot.group(3)), dot.group(4) == "true", int(dot.group(5)),
                     [(int(r), int(c)) for r, c in re.findall(r"TILE\((\d+), (\d+)\)", tiles)])


class Writer:
    def __init__(self, target, rows, columns, unroll):
        self.t, self.rows, self.columns, self.unroll = target, rows, columns, unroll
        self.row_loads = {}
        self.m, self.blocks = rows * TILES, columns * TILES
        self.lines, self.next = [], 0

    def line(self, text):
        self.lines.append(text)

    def op(self, text):
        self.next += 1
        self.lines.append(f"%{self.next} = {text}")
        return f"%{self.next}"

    def accumulators(self):
        """(row, column, first output) of each accumulator: rows of one vector each, or blocks of a matrix product."""
        width = self.t.block if self.t.rows == 1 else self.t.lanes
        return [(r, c, o) for r in range(0, self.rows, self.t.rows) for c in range(self.columns) for o in range(0, self.t.block, width)]

    def load_row(self, row, step):
        size = self.unroll * self.t.depth
        if row not in self.row_loads:
            index = self.op(f"affine.apply affine_map<(d0) -> (d0 + {row})>(%m)")
            self.row_loads[row] = self.op(f"vector.load %x[{index}, %k] : memref<{self.m}x{REDUCTION}xi8>, vector<{size}xi8>")
        if self.unroll == 1:
            return self.row_loads[row]
        return self.op(f"vector.extract_strided_slice {self.row_loads[row]} {{offsets = [{step * self.t.depth}], sizes = [{self.t.depth}], "
                       f"strides = [1]}} : vector<{size}xi8> to vector<{self.t.depth}xi8>")

    def activations(self, row, step):
        t = self.t
        loads = [self.load_row(r, step) for r in range(row, row + t.rows)]
        shape = f"{t.depth}"
        value = loads[0]
        if t.rows == 2:
            mask = list(range(2 * t.depth))
            value = self.op(f"vector.shuffle {loads[0]}, {loads[1]} {mask} : vector<{t.depth}xi8>, vector<{t.depth}xi8>")
            shape = f"2x{t.depth}"
            value = self.op(f"vector.shape_cast {value} : vector<{2 * t.depth}xi8> to vector<{shape}xi8>")
        extend = "extui" if t.unsigned else "extsi"
        return self.op(f"arith.{extend} {value} : vector<{shape}xi8> to vector<{shape}xi32>"), f"vector<{shape}xi32>"

    def weights(self, column, first, outputs, step):
        t = self.t
        kd = self.op(f"affine.apply affine_map<(d0) -> (d0 + {step})>(%kd)")
        index = self.op(f"affine.apply affine_map<(d0) -> (d0 + {column})>(%b)")
        at = self.op(f"arith.constant {first * t.depth} : index")
        size = outputs * t.depth
        flat = self.op(f"vector.load %w[{kd}, {index}, {at}] : memref<{REDUCTION // t.depth}x{self.blocks}x{t.block * t.depth}xi8>, vector<{size}xi8>")
        shaped = self.op(f"vector.shape_cast {flat} : vector<{size}xi8> to vector<{outputs}x{t.depth}xi8>")
        return self.op(f"arith.extsi {shaped} : vector<{outputs}x{t.depth}xi8> to vector<{outputs}x{t.depth}xi32>"), f"vector<{outputs}x{t.depth}xi32>"

    def contract(self, x, x_type, w, w_type, acc, acc_type, outputs):
        if self.t.rows == 2:
            acc = self.op(f"vector.shape_cast {acc} : {acc_type} to vector<2x{outputs}xi32>")
            maps, iterators, shaped = "#mk, #mnk, #mn", '"parallel", "parallel", "reduction"', f"vector<2x{outputs}xi32>"
        else:
            maps, iterators, shaped = "#k, #nk, #n", '"parallel", "reduction"', acc_type
        sums = self.op(f"vector.contract {{indexing_maps = [{maps}], iterator_types = [{iterators}], kind = #vector.kind<add>}} "
                       f"{x}, {w}, {acc} : {x_type}, {w_type} into {shaped}")
        return sums if shaped == acc_type else self.op(f"vector.shape_cast {sums} : {shaped} to {acc_type}")

    def write(self):
        t = self.t
        places = self.accumulators()
        outputs = t.block if t.rows == 1 else t.lanes
        acc_type = f"vector<{outputs * t.rows}xi32>"
        names = [f"%a{i}" for i in range(len(places))]
        self.line("""#k = affine_map<(n, k) -> (k)>
#nk = affine_map<(n, k) -> (n, k)>
#n = affine_map<(n, k) -> (n)>
#mk = affine_map<(m, n, k) -> (m, k)>
#mnk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>""")
        self.line(f"func.func @kernel(%x: memref<{self.m}x{REDUCTION}xi8>, %w: memref<{REDUCTION // t.depth}x{self.blocks}x{t.block * t.depth}xi8>, "
                  f"%out: memref<{self.m}x{self.blocks * t.block}xi32>) {{")
        for name, value in (("c0", 0), ("cm", self.m), ("cr", self.rows), ("cb", self.blocks), ("cc", self.columns), ("ck", REDUCTION), ("cd", t.depth), ("cu", t.depth * self.unroll)):
            self.line(f"%{name} = arith.constant {value} : index")
        self.line(f"%zero = arith.constant dense<0> : {acc_type}")
        self.line("scf.for %b = %c0 to %cb step %cc {\nscf.for %m = %c0 to %cm step %cr {")
        inits = ", ".join(f"{n} = %zero" for n in names)
        types = ", ".join([acc_type] * len(places))
        self.line(f"%r:{len(places)} = scf.for %k = %c0 to %ck step %cu iter_args({inits}) -> ({types}) {{")
        self.line(f"%kd = arith.divui %k, %cd : index")
        results = names
        for step in range(self.unroll):
            w = {(c, o): self.weights(c, o, outputs, step) for c, o in sorted({p[1:] for p in places})}
            x = {r: self.activations(r, step) for r in sorted({p[0] for p in places})}
            results = [self.contract(*x[r], *w[c, o], acc, acc_type, outputs) for acc, (r, c, o) in zip(results, places)]
        self.line(f"scf.yield {', '.join(results)} : {types}\n}}")
        for i, (r, c, o) in enumerate(places):
            for part in range(t.rows):
                row = self.op(f"affine.apply affine_map<(d0) -> (d0 + {r + part})>(%m)")
                column = self.op(f"affine.apply affine_map<(d0) -> (d0 * {t.block} + {c * t.block + o})>(%b)")
                value = f"%r#{i}"
                if t.rows == 2:
                    value = self.op(f"vector.extract_strided_slice {value} {{offsets = [{part * outputs}], sizes = [{outputs}], strides = [1]}} : {acc_type} to vector<{outputs}xi32>")
                self.line(f"vector.store {value}, %out[{row}, {column}] : memref<{self.m}x{self.blocks * t.block}xi32>, vector<{outputs}xi32>")
        self.line("}\n}\nreturn\n}")
        return "\n".join(self.lines)


def main(arguments):
    targets = {t.name: t for t in read_targets(arguments[0])}
    if arguments[1] == "--list":
        for target in targets.values():
            for rows, columns in target.tiles:
                print(target.name, rows, columns)
        return
    rows, columns, unroll = (int(a) for a in arguments[2:] + ["1"][:5 - len(arguments)])
    print(Writer(targets[arguments[1]], rows, columns, unroll).write())


main(sys.argv[1:])
