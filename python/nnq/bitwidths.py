"""Files of bit-widths, and what of a choice of them goes into the manifest and the report."""

import io
import json
import math

from .layers import EQUAL_DB
from .output import replace_file
from .settings import WIDTHS

FRONT_POINTS = 40

COSTS = {"bytes": ("bytes", "weights and what belongs to them, MB", 1e6), "bops": ("bops", "bit operations, billions", 1e9),
         "time": ("time_us", "time of layers with weights, ms", 1e3)}
"""For each budget: the key of its total, a label, and the label's unit."""


def write(path, widths, wide=()):
    """Writes {layer: width} and names of wide tensors as a file that --nnq-set-bit-widths reads (docs/BitWidths.md)."""
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(width)}" for name, width in widths.items())
    tensors = f',\n "wide": {json.dumps(list(wide))}' if wide else ""
    replace_file(path, f'{{"nnq-bit-widths": 1, "layers": {{\n{lines}\n}}{tensors}}}\n')


def totals(choice):
    """What all layers with weights do and cost: the SQNR of the output that their noises add up to, and the sums of their costs."""
    sqnr_db = round(-10 * math.log10(choice.noise), 3) if choice.noise > 0 else EQUAL_DB
    return {"sqnr_db": sqnr_db, "bytes": choice.bytes, "bops": choice.bops, "time_us": choice.time_us}


def counts(choice):
    """{width: how many layers have it}, of widths that some have."""
    chosen = list(choice.layers.values())
    return {width: chosen.count(width) for width in WIDTHS if width in chosen}


def describe(nnq, sensitivity, choice, budgets):
    """What the manifest says of a choice, and for the first budget of all choices that are worth it."""
    cost = next(iter(budgets))
    front = [totals(point) for point in nnq.pareto_front(str(sensitivity), cost, FRONT_POINTS)]
    return {"budgets": budgets, "layers": counts(choice), "chosen": totals(choice), "front_of": cost, "front": front}


def picture(described):
    """The front as SVG: predicted SQNR over the cost, with the choice."""
    from matplotlib.figure import Figure

    key, label, unit = COSTS[described["front_of"]]
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    axes = figure.add_subplot()
    front = [point for point in described["front"] if point["sqnr_db"] < EQUAL_DB]
    costs, decibels = ([point[name] for point in front] for name in (key, "sqnr_db"))
    axes.plot([cost / unit for cost in costs], decibels, "o-", ms=3, color="#2f6fc4", label="best choices")
    chosen = described["chosen"]
    axes.plot([chosen[key] / unit], [chosen["sqnr_db"]], "D", ms=8, color="#c8701a", label="chosen")
    axes.set_xlabel(label)
    axes.set_ylabel("predicted SQNR of the output, dB")
    axes.grid(alpha=0.3)
    axes.legend()
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg"):]
