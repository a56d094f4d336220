"""Reads the assembly of tile_kernel.py's functions and prints what each innermost loop consists of.

  check_tiles.py TARGETS.DEF TARGET ASSEMBLY

Fails where a loop spills, or where its products are not those of the tile.
"""

import re
import sys

from tile_kernel import read_targets, tiles_of

PRODUCT = re.compile(r"^\s+(vpdpbusd|vpdpwssd|vpmaddwd|smull2?|smlal2?|sdot|usmmla|vfmadd\w+|fmla)\s")
BRANCH = re.compile(r"^\s+(j[a-z]+|b\.[a-z]+|cbn?z|tbn?z)\s")
INSTRUCTION = re.compile(r"^\s+[a-z]")
LEAVES_REGISTERS = re.compile(r"Spill|Reload")


def innermost_loop(function):
    """The instructions of the loop of depth 3."""
    start = next(i for i, line in enumerate(function) if "Inner Loop Header: Depth=3" in line)
    loop = []
    for line in function[start:]:
        if INSTRUCTION.match(line):
            loop.append(line)
            if BRANCH.match(line):
                return loop
    raise ValueError("a loop without an end")


def functions(assembly):
    for text in re.split(r"^(?=(?:tile|word|kept4of\d+|window|(?:float)?(?:nibble|crumb|codebook16|codebook4|sign)|float)_\d+x\d+:)", assembly, flags=re.M)[1:]:
        name, rows, columns = re.match(r"(\w+)_(\d+)x(\d+):", text).groups()
        yield name, int(rows), int(columns), text.split("\n")


def main(table, name, path):
    target = next(t for t in read_targets(table) if t.name == name)
    with open(path, encoding="utf-8") as file:
        found = list(functions(file.read()))
    expected = tiles_of(target)
    if len(found) != len(expected):
        sys.exit(f"{len(found)} functions for {len(expected)} tiles")
    failed = False
    for (kind, rows, columns, text), (kernel, row, *_) in zip(found, expected):
        loop = innermost_loop(text)
        products = sum(bool(PRODUCT.match(line)) for line in loop)
        spills = sum(bool(LEAVES_REGISTERS.search(line)) for line in loop)
        # A register of sums each.
        needed = rows * columns * getattr(kernel, "dots", kernel.steps) * row.channels * 32 // target.vector_bits
        print(f"{kind} {rows}x{columns}: {products} products, {len(loop)} instructions, {spills} spills")
        failed |= spills != 0 or products != needed
    sys.exit(failed)


main(*sys.argv[1:])
