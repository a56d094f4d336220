"""Files of bit-widths, and what of a choice of them goes into the manifest and the report."""

import io
import json
import re

from .layers import EQUAL_DB, decibels
from .output import replace_file
from .settings import width_order

FRONT_POINTS = 40

COSTS = {"bytes": ("bytes", "weights and what belongs to them, MB", 1e6), "bops": ("bops", "bit operations, billions", 1e9),
         "time": ("time_us", "time of layers with weights, ms", 1e3)}
"""For each budget: the key of its total, a label, and the label's unit."""

PREDICTIONS = {"sqnr": ("sqnr_db", "predicted SQNR of the outputs, dB"), "kl": ("kl", "predicted divergence of classes, nats"),
               "agreement": ("agreement", "predicted share of samples with the same first class")}
"""For each metric: the key of what is predicted by it, and a label."""


def write(path, widths, wide=()):
    """Writes {layer: width} and names of wide tensors as a file that --nnq-set-bit-widths reads (docs/BitWidths.md)."""
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(width)}" for name, width in widths.items())
    tensors = f',\n "wide": {json.dumps(list(wide))}' if wide else ""
    replace_file(path, f'{{"nnq-bit-widths": 1, "layers": {{\n{lines}\n}}{tensors}}}\n')


def is_rounded(width):
    """Whether weights of that width are chosen by what the layer reads: of few bits, of a codebook, or with zeros in a pattern."""
    return not width.startswith("float") and not re.fullmatch(r"w8a\d+(b\d+)?", width)


def totals(choice):
    """What all layers with weights do and cost: what their losses add up to, in the metric's terms, and the sums of their costs."""
    if choice.metric == "sqnr":
        predicted = decibels(1.0, choice.loss)
    else:
        predicted = round(1 - choice.loss if choice.metric == "agreement" else choice.loss, 6)
    return {PREDICTIONS[choice.metric][0]: predicted, "bytes": choice.bytes, "bops": choice.bops, "time_us": choice.time_us}


def counts(choice):
    """{width: how many layers have it}, of widths that some have."""
    chosen = list(choice.layers.values())
    return {width: chosen.count(width) for width in sorted(set(chosen), key=width_order)}


def describe(nnq, sensitivity, choice, budgets):
    """What the manifest says of a choice, and for the first budget of all choices that are worth it."""
    cost = next(iter(budgets))
    front = [totals(point) for point in nnq.pareto_front(str(sensitivity), cost, FRONT_POINTS, choice.metric)]
    return {"budgets": budgets, "metric": choice.metric, "layers": counts(choice), "chosen": totals(choice), "front_of": cost,
            "front": front}


def prediction(described):
    """What is predicted of the choice, in words."""
    key, label = PREDICTIONS[described["metric"]]
    return f"{label}: {described['chosen'][key]:g}"


def picture(described):
    """The front as SVG: what is predicted over the cost, with the choice."""
    from matplotlib.figure import Figure

    key, label, unit = COSTS[described["front_of"]]
    predicted, predicted_label = PREDICTIONS[described["metric"]]
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    axes = figure.add_subplot()
    front = [point for point in described["front"] if point[predicted] != EQUAL_DB]
    axes.plot([point[key] / unit for point in front], [point[predicted] for point in front], "o-", ms=3, color="#2f6fc4", label="best choices")
    chosen = described["chosen"]
    axes.plot([chosen[key] / unit], [chosen[predicted]], "D", ms=8, color="#c8701a", label="chosen")
    axes.set_xlabel(label)
    axes.set_ylabel(predicted_label)
    axes.grid(alpha=0.3)
    axes.legend()
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg"):]
