"""Prints the tables of docs/Targets.md; with a second argument, fails where that page has other ones.

  target_table.py TARGETS.DEF [PAGE]
"""

import sys

from tile_kernel import read_targets


def tables(table):
    yield "| target | dot product | rows x lanes x depth | activations | block | steps per load |"
    yield "| --- | --- | --- | --- | --- | --- |"
    targets = list(read_targets(table))
    for t in targets:
        for dot, steps in ((t.dot, t.steps), (t.word_dot, 1)):
            activations = f"{'u' if dot.unsigned else 's'}{dot.bits}"
            yield f"| `{t.name}` | {dot.instruction} | {dot.rows} x {dot.lanes} x {dot.depth} | {activations} | {t.block} | {steps} |"
    yield ""
    yield "| target | tiles of bytes | weights of 4 bits | activations of 16 bits | tiles of floats |"
    yield "| --- | --- | --- | --- | --- |"
    for t in targets:
        columns = (", ".join(f"{r}x{c}" for r, c in tiles) for tiles in (t.tiles, t.nibble_tiles, t.word_tiles, t.float_tiles))
        yield f"| `{t.name}` | {' | '.join(columns)} |"


def main(table, page=None):
    lines = list(tables(table))
    if page is None:
        print("\n".join(lines))
        return
    with open(page, encoding="utf-8") as file:
        written = [line for line in file.read().split("\n") if line.startswith("|")]
    missing = [line for line in lines if line and line not in written]
    extra = [line for line in written if line.startswith("| `") and line not in lines]
    for line in missing:
        print(f"{page} lacks: {line}")
    for line in extra:
        print(f"{page} has, but the table has not: {line}")
    sys.exit(bool(missing or extra))


main(*sys.argv[1:])
