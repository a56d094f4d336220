"""Prints the tables of docs/Targets.md; with a second argument, fails where that page has other ones.

  target_table.py LIB/TARGET [PAGE]
"""

import pathlib
import sys

from tile_kernel import read_targets


def tables(folder):
    families = [read_targets(path) for path in sorted(pathlib.Path(folder).glob("*/Targets.def"))]
    rows = [(target, row) for targets in families for target in targets for row in target.rows]
    yield "| dot product | rows x lanes x depth | activations |"
    yield "| --- | --- | --- |"
    dots = {dot.instruction + str(dot): dot for dot in (row.dot for _, row in rows)}
    for dot in dots.values():
        activations = "f32" if dot.bits == 32 else f"{'u' if dot.unsigned else 's'}{dot.bits}"
        yield f"| `{dot.instruction}` | {dot.rows} x {dot.lanes} x {dot.depth} | {activations} |"
    yield ""
    yield "| target | activations | weights | dot product | channels | tiles |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for target, row in rows:
        tiles = ", ".join(f"{r}x{c}" for r, c in row.tiles)
        yield f"| `{target.name}` | {row.activation} | {row.encoding} | `{row.dot.instruction}` | {row.channels} | {tiles} |"


def main(folder, page=None):
    lines = list(tables(folder))
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
