"""What a person is told after a compilation: a few lines, and warnings."""

import collections

from .layers import EQUAL_DB

LEAST_DB = 10.0
"""Below it an output, or a part of it, is warned of."""

NAMES_SHOWN = 3


def summarize(manifest, figures):
    """Lines: size and time, SQNR of the outputs, what stayed in float, the worst layer. `figures`: report.Figures."""
    time = f", {figures.median_ms:.3g} ms a run" if figures.median_ms is not None else ""
    yield f"{manifest['target']}: object {manifest['object_bytes'] / 1e3:,.1f} kB, arena {manifest['arena_bytes'] / 1e3:,.1f} kB{time}"
    outputs = [f"{output['name']} {_db(output['sqnr_db'])}" for output in manifest["outputs"] if "sqnr_db" in output]
    if outputs:
        yield f"SQNR against float: {_some(outputs, 8)}"
    yield from _islands(manifest.get("float_islands", []))
    measured = [layer for layer in manifest["layers"] if layer.get("sqnr_db", EQUAL_DB) < EQUAL_DB]
    if measured:
        worst = min(measured, key=lambda layer: layer["sqnr_db"])
        yield f"layer farthest from float: {worst['name']}, {_db(worst['sqnr_db'])}"


def warnings(manifest):
    """Lines: pieces of outputs that are far from float, the tensor that causes it, and the way out."""
    found = []
    for output in manifest["outputs"]:
        for piece in output.get("parts", [output] if "sqnr_db" in output else []):
            if piece["sqnr_db"] is not None and piece["sqnr_db"] < LEAST_DB and not piece.get("negligible"):
                found.append(f"output {output['name']!r}{_place(piece)} is {_db(piece['sqnr_db'])} from float")
    if not found:
        return
    yield f"warning: {_some(found, NAMES_SHOWN, '; ')}"
    if losses := manifest.get("losses"):
        worst = losses[0]
        yield (f"  most of it comes from rounding {_some([repr(name) for name in worst['tensors']], NAMES_SHOWN)} to 8 bits "
               f"({_db(worst['sqnr_db'])} alone)")
    yield "  --target-sqnr DB gives tensors 16 bits or f32 until the outputs are that near; --keep-float REGEX keeps layers in float"


def _islands(islands):
    """One line for all operations that stayed in float, by kind and reason."""
    if not islands:
        return
    kinds = collections.Counter((island["op"].removeprefix("nnq."), island["reason"]) for island in islands)
    by_op = collections.defaultdict(int)
    for (op, _), count in kinds.items():
        by_op[op] += count
    (op, reason), _ = kinds.most_common(1)[0]
    text = _some([f"{count} {name}" for name, count in sorted(by_op.items(), key=lambda item: -item[1])], 6)
    yield f"in float: {text} ({op}: {reason})"


def _place(piece):
    if piece.get("axis", -1) < 0:
        return ""
    return f", [{piece['start']}:{piece['start'] + piece['size']}] along axis {piece['axis']} ('{piece['name']}'),"


def _db(value):
    return "lost" if value is None else "equal" if value >= EQUAL_DB else f"{value:.1f} dB"


def _some(texts, most, separator=", "):
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return separator.join(texts[:most]) + more
