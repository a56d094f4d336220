"""What a person is told after a compilation: a few lines, and warnings."""

import collections

from .layers import EQUAL_DB, decibel_text

LEAST_DB = 10.0
"""Below it an output, or a part of it, is warned of."""

MOST_OF_IT_DB = 3.0
"""A tensor whose rounding alone leaves no more than this above the whole has at least half of the noise."""

NAMES_SHOWN = 3


LEAST_PRUNED_DB = 10.0
"""A pruned network that is farther from float than that on samples held back is warned of."""


def summarize(manifest, figures):
    """Lines: size and time, SQNR of the outputs, what stayed in float, the worst layer. `figures`: report.Figures."""
    time = f", {figures.median_ms:.3g} ms a run" if figures.median_ms is not None else ""
    yield f"{manifest['target']}: object {manifest['object_bytes'] / 1e3:,.1f} kB, arena {manifest['arena_bytes'] / 1e3:,.1f} kB{time}"
    outputs = [f"{output['name']} {decibel_text(output['sqnr_db'])}" for output in manifest["outputs"] if "sqnr_db" in output]
    if outputs:
        yield f"SQNR against float: {_some(outputs, 8)}"
    yield from _islands(manifest.get("float_islands", []))
    yield from _zeros(manifest["layers"])
    measured = [layer for layer in manifest["layers"] if layer.get("sqnr_db", EQUAL_DB) < EQUAL_DB]
    if measured:
        worst = min(measured, key=lambda layer: layer["sqnr_db"])
        yield f"layer farthest from float: {worst['name']}, {decibel_text(worst['sqnr_db'])}"


def warnings(manifest):
    """Lines: pieces of outputs that are far from float, the tensor that causes it, and the way out."""
    held_back = manifest.get("held_back_sqnr_db")
    if held_back is not None and held_back < LEAST_PRUNED_DB:
        yield f"warning: the pruned network is {decibel_text(held_back)} from float on samples held back"
        yield ("  fewer zeros (a smaller share, 1x32=25%), a pattern that leaves weights more choice (4:8), a width for each layer (--budget with "
               "--candidate w8a8-4:8, or --bit-widths), or training with the zeros brings it nearer")
    found, unjudged, worst_db = [], [], LEAST_DB
    for output in manifest["outputs"]:
        if not manifest.get("compared_samples") or output["type"] != "f32":
            continue
        for piece in output.get("parts", [{"sqnr_db": None} | output]):
            if piece["sqnr_db"] is None:
                unjudged.append(f"output {output['name']!r}{_place(piece)}")
            elif piece["sqnr_db"] < LEAST_DB and not piece.get("negligible"):
                found.append(f"output {output['name']!r}{_place(piece)} is {decibel_text(piece['sqnr_db'])} from float")
                worst_db = min(worst_db, piece["sqnr_db"])
    if unjudged:
        yield f"warning: 0 in float on all samples, and so not judged: {_some(unjudged, NAMES_SHOWN, '; ')}"
    if not found:
        return
    yield f"warning: {_some(found, NAMES_SHOWN, '; ')}"
    causes = [loss for loss in manifest.get("losses", ()) if not set(loss["tensors"]) & set(manifest.get("wide", ()))]
    if causes and causes[0]["sqnr_db"] <= worst_db + MOST_OF_IT_DB:
        worst = causes[0]
        yield (f"  most of it comes from rounding {_some([repr(name) for name in worst['tensors']], NAMES_SHOWN)} to 8 bits "
               f"({decibel_text(worst['sqnr_db'])} alone)")
    yield "  --target-sqnr DB gives tensors 16 bits or f32 until the outputs are that near; --keep-float REGEX keeps layers in float"


def _zeros(layers):
    """One line for layers whose zeros form a pattern."""
    pruned = [layer for layer in layers if layer.get("pattern")]
    if not pruned:
        return
    products = sum(layer.get("multiplications", 0) for layer in layers)
    skipped = sum(layer["multiplications"] - layer["kept_products"] for layer in pruned)
    patterns = collections.Counter(layer["pattern"] for layer in pruned)
    text = _some([f"{count} as {pattern}" for pattern, count in patterns.most_common()], 4)
    yield f"pruned layers: {text}; {100 * skipped / products:.0f} % of the network's products are by zeros"


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


def _some(texts, most, separator=", "):
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return separator.join(texts[:most]) + more
