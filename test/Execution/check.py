"""Compares compiled code with the executable reference.

  check.py THEME TARGET... --scratch FOLDER      the networks of Inputs/cases/THEME.py
  check.py NETWORK.mlir TARGET... --scratch FOLDER   @main of a file, on random inputs

Integers, and floats that follow from integers, must agree in every bit. Other floats may differ by TOLERANCE of the
largest magnitude of their tensor, or by the units in the last place that their network says, and codes that come from such
floats by one. The object files must need no symbol but
those that the network names, so they cannot allocate. A target that this host cannot run is skipped with a line that says so.
"""

import argparse
import importlib
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "Inputs"))

import nnq
import numpy as np
import objects
from mlir_file import read_network
from nnq import _nnq

TOLERANCE = 1e-5


def difference(want, got, bits, units):
    """None if `got` is right, else what is wrong."""
    if want.shape != got.shape:
        return f"the shape is {got.shape}, not {want.shape}"
    if bits:
        kind = np.uint32 if want.dtype == np.float32 else want.dtype
        equal = want.view(kind) == got.astype(want.dtype).view(kind)
        if want.dtype == np.float32:
            equal |= np.isnan(want) & np.isnan(got)
    elif want.dtype == np.float32:
        finite = np.isfinite(want)
        largest = np.abs(want[finite]).max(initial=1e-30)
        with np.errstate(invalid="ignore"):
            allowed = units * np.spacing(np.abs(want)) if units else TOLERANCE * largest
            equal = np.where(finite, np.abs(want - got) <= allowed, (want == got) | (np.isnan(want) & np.isnan(got)))
    else:
        equal = np.abs(want - got.astype(want.dtype)) <= 1
    if equal.all():
        return None
    at = tuple(int(i) for i in np.argwhere(~equal)[0])
    return f"{np.count_nonzero(~equal)} of {equal.size} elements differ; at {list(at)}: {got[at]}, not {want[at]}"


def is_vacuous(value, codes):
    """Whether a result shows little: bytes that are nearly all at the ends of the range."""
    if value.type.is_float or value.type.plain or codes.size < 64:
        return False
    low, high = value.type.range
    inside = np.count_nonzero((codes > low) & (codes < high))
    return len(np.unique(codes)) < 3 or inside * 20 < codes.size


def check(net, targets, scratch):
    """Lines that say what differs."""
    text = net.text()
    scratch.mkdir(parents=True, exist_ok=True)
    (scratch / "network.mlir").write_text(text, encoding="utf-8")
    expected = _nnq.Module.parse(text).interpret(net.data)
    for i, (value, want) in enumerate(zip(net.results, expected, strict=True)):
        if is_vacuous(value, want):
            yield f"{net.name}: result {i} has hardly any code inside its range: {np.unique(want)[:5]}\n    {net.where(i)}"
    for target in targets:
        try:
            compiled = _nnq.Module.parse(text).compile(target)
            results = objects.run(compiled, target, net.data, scratch / target)
            needed = objects.undefined_symbols(scratch / target / "model.o")
        except (objects.Failed, nnq.Error) as error:
            yield f"{net.name}: {target}: {error}"
            continue
        if needed != sorted(net.symbols):
            yield f"{net.name}: {target}: the object needs {needed}, not {sorted(net.symbols)}"
        for i, (value, want, got) in enumerate(zip(net.results, expected, results, strict=True)):
            wrong = difference(want, got, value.bits, net.units)
            if wrong:
                yield f"{net.name}: {target}: result {i}: {wrong}\n    {net.where(i)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", help="a theme or an .mlir file")
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--scratch", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    skipped = {t: objects.why_not_runnable(t) for t in args.targets}
    targets = [t for t in args.targets if not skipped[t]]
    for target in args.targets:
        if skipped[target]:
            print(f"skipped: {target}: {skipped[target]}")
    if args.what.endswith(".mlir"):
        networks = [read_network(pathlib.Path(args.what), args.seed)]
    else:
        networks = importlib.import_module(f"cases.{args.what}").networks()
    wrong = 0
    for i, net in enumerate(networks):
        for line in check(net, targets, args.scratch / str(i)):
            print(line[:500])
            wrong += 1
        print(f"{net.name}: {len(net.results)} results, {', '.join(targets)}", flush=True)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
