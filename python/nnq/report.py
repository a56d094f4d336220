"""report.html: one file that opens offline, with what a compilation did to each layer.

Reads the manifest and the times measured; what they lack is shown as n/a.
"""

from dataclasses import dataclass, field
from html import escape

from . import bitwidths
from .layers import EQUAL_DB, decibel_text

REPORT = "report.html"
MISSING = "n/a"

STYLE = """
:root { --ink: #1b1f24; --quiet: #5b6570; --line: #e4e8ec; --soft: #f4f6f8; --integer: #2f6fc4; --float: #c8701a; --time: #3d8f5f; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); margin: 2.5rem auto; max-width: 80rem;
       padding: 0 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .6rem; }
p { margin: .3rem 0; } .quiet { color: var(--quiet); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.6rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; }
dl div { background: var(--soft); border-radius: 8px; padding: .7rem .9rem; }
dt, dd small { color: var(--quiet); font-size: .82rem; } dd { margin: 0; font-size: 1.3rem; font-weight: 600; line-height: 1.35; }
dd small { display: block; font-weight: 400; }
.wide { overflow-x: auto; } .wide.layers table { width: 100%; }
table { border-collapse: collapse; min-width: 30rem; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; border-bottom: 2px solid var(--line); vertical-align: bottom; }
tbody tr:hover { background: var(--soft); } .number { text-align: right; }
td small { display: block; color: var(--quiet); }
.bar { display: block; height: 4px; margin-top: 3px; border-radius: 2px; background: var(--line); min-width: 5.5rem; }
.bar i { display: block; height: 4px; border-radius: 2px; background: var(--integer); }
.float .bar i { background: var(--float); } .time .bar i { background: var(--time); }
.tag { border-radius: 4px; padding: 0 .35rem; color: #fff; background: var(--integer); font-size: .78rem; }
.float .tag { background: var(--float); }
pre { background: var(--soft); border-radius: 8px; padding: .8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .82rem; }
"""


@dataclass(frozen=True)
class Figures:
    """What was measured on this machine.

    median_ms     of a run; None if the model was not run
    layer_ms      of each of the manifest's layers; None where a layer is computed inside another one
    other_ms      of what belongs to no layer
    not_measured  why nothing was measured, or ""
    """

    median_ms: float = None
    layer_ms: list = field(default_factory=list)
    other_ms: float = 0.0
    not_measured: str = ""


def write(folder, source, manifest, figures, pipeline=""):
    """Writes the report of the model `source` into `folder`."""
    (folder / REPORT).write_text(render(source, manifest, figures, pipeline), encoding="utf-8")


def render(source, manifest, figures, pipeline=""):
    """The report as HTML. `pipeline`: the passes that ran, as text."""
    body = [
        _heading(source, manifest),
        _tiles(_summary(manifest, figures)),
        f"<p class='quiet'>Not timed: {escape(figures.not_measured)}.</p>" if figures.not_measured else "",
        "<h2>Layers</h2>",
        _layers(manifest, figures),
        _bit_widths(manifest.get("bit_widths")),
        _rounding(manifest),
        _islands(manifest),
        "<h2>Inputs and outputs</h2>",
        _tensors(manifest),
        _settings(manifest.get("quantization")),
        _pipeline(pipeline),
    ]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>nnq: {escape(source)}</title>"
    page = chr(10).join(filter(None, body))
    return f"<!DOCTYPE html>\n<html lang='en'><head>{head}<style>{STYLE}</style></head>\n<body>\n{page}\n</body></html>\n"


#
# Text of values
#


def _bytes(count):
    """To three digits or so, in decimal units."""
    if count is None:
        return MISSING
    for unit, size in (("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:,.{1 if count < 100 * size else 0}f} {unit}"
    return f"{count} B"


def _unit(milliseconds):
    """The unit in which times of runs like this one are read, and how many of it are a millisecond."""
    return ("µs", 1e3) if milliseconds is not None and milliseconds < 1 else ("ms", 1)


def _duration(milliseconds):
    unit, factor = _unit(milliseconds)
    return MISSING if milliseconds is None else f"{milliseconds * factor:,.2f} {unit}"


def _decibels(value):
    return MISSING if value is None else decibel_text(value, unit="")


def _count(value):
    return "" if value is None else f"{value / 1e6:,.2f} M" if value >= 1e5 else f"{value:,}"


def _shape(shape):
    return "×".join(map(str, shape)) or "scalar"


#
# Pieces of the page
#


def _heading(source, manifest):
    scheme = (manifest.get("quantization") or {}).get("scheme")
    version = f" {manifest['version']}" if "version" in manifest else ""
    kind = f"{scheme} for {manifest.get('target', MISSING)}" if scheme else f"for {manifest.get('target', MISSING)}"
    return f"<h1>{escape(source)}</h1><p class='quiet'>Compiled by nnq{escape(version)}: {escape(kind)}</p>"


def _summary(manifest, figures):
    """Tiles of (title, value, remark)."""
    layers, object_bytes = manifest.get("layers", []), manifest.get("object_bytes")
    float_bytes = 4 * sum(layer.get("weight_count", 0) for layer in layers)
    smaller = f"{float_bytes / object_bytes:.2f} times smaller than the weights in f32" if float_bytes and object_bytes else ""
    tiles = [
        ("object file", _bytes(object_bytes), smaller),
        ("weights", _bytes(manifest.get("weight_bytes")), f"{_bytes(float_bytes)} in f32" if float_bytes else ""),
        ("arena", _bytes(manifest.get("arena_bytes")), "working memory of a run"),
        ("time of a run", _duration(figures.median_ms), f"median, threads: {manifest.get('threads', 1)}"),
        ("layers", str(len(layers)), f"{len(manifest.get('float_islands', []))} stayed in float"),
    ]
    if manifest.get("skipped_products"):
        remark = f"{_count(manifest['skipped_products'])} of {_count(manifest['products'])}"
        tiles.append(("products skipped", f"{100 * manifest['skipped_products'] / manifest['products']:.0f}%", remark))
    if manifest.get("compared_samples"):
        outputs = [entry["sqnr_db"] for entry in manifest.get("outputs", []) if "sqnr_db" in entry]
        worst = min((layer for layer in layers if "sqnr_db" in layer), key=lambda layer: layer["sqnr_db"], default=None)
        value = decibel_text(min(outputs)) if outputs else MISSING
        remark = f"lowest layer: {decibel_text(worst['sqnr_db'])}, {worst['name']}" if worst and worst["sqnr_db"] < EQUAL_DB else ""
        tiles.insert(0, ("SQNR of the output", value, remark))
    if manifest.get("calibration_samples"):
        compared = manifest.get("compared_samples")
        remark = f"samples; compared on {compared}" if compared else "samples; compared on none"
        tiles.append(("calibrated on", f"{manifest['calibration_samples']:,}", remark))
    return tiles


def _tiles(tiles):
    small = [(title, value, f"<small>{escape(remark)}</small>" if remark else "") for title, value, remark in tiles]
    return "<dl>" + "".join(f"<div><dt>{escape(t)}</dt><dd>{escape(v)}{remark}</dd></div>" for t, v, remark in small) + "</dl>"


def _table(header, rows, numbers=(), kind=""):
    """`header` and `rows` are cells of HTML; columns whose index is in `numbers` are aligned right. A row is (class, cells)."""

    def line(tag, cells):
        return "".join(f"<{tag}{' class=number' if i in numbers else ''}>{cell}</{tag}>" for i, cell in enumerate(cells))

    body = "".join(f"<tr{f' class={kind}' if kind else ''}>{line('td', cells)}</tr>\n" for kind, cells in rows)
    return f"<div class='wide {kind}'><table><thead><tr>{line('th', header)}</tr></thead><tbody>\n{body}</tbody></table></div>"


def _with_bar(text, value, largest, kind=""):
    """A number above a bar of its share of the largest."""
    if value is None:
        return f"<span class='quiet'>{text}</span>"
    width = 100 * min(max(value / largest, 0), 1) if largest else 0
    bar = f"<span class='bar' aria-hidden='true'><i style='width:{width:.1f}%'></i></span>"
    return f"<span class='{kind}'>{text}{bar}</span>" if kind else text + bar


def _layers(manifest, figures):
    layers = manifest.get("layers", [])
    milliseconds = figures.layer_ms or [None] * len(layers)
    largest_size = max((layer.get("weight_bytes", 0) for layer in layers), default=0)
    largest_sqnr = max((layer["sqnr_db"] for layer in layers if layer.get("sqnr_db", EQUAL_DB) < EQUAL_DB), default=0)
    largest_time = max((value for value in milliseconds if value is not None), default=0)
    unit, factor = _unit(figures.median_ms)
    predicted = _predicted_times(layers, milliseconds)
    rows = []
    for index, (layer, time) in enumerate(zip(layers, milliseconds), 1):
        size, sqnr = layer.get("weight_bytes"), layer.get("sqnr_db")
        fused = "fused" if figures.layer_ms else MISSING
        rows.append((
            "float" if _is_float(layer) else "",
            [
                f"<span class='quiet'>{index}</span>",
                _layer_name(layer),
                f"{escape(layer.get('op', MISSING))}<small>{_shape(layer.get('shape', []))}</small>",
                _types(layer),
                layer.get("weight_bits", ""),
                "" if size is None else _with_bar(f"{size:,}", size, largest_size),
                _count(layer.get("multiplications")) + _zeros(layer),
                _with_bar(_decibels(sqnr), sqnr, largest_sqnr) if sqnr is not None else f"<span class='quiet'>{_no_error(layer)}</span>",
                fused if time is None else _with_bar(f"{time * factor:,.2f}", time, largest_time, "time")
                + (f"<small>predicted {predicted[index - 1] * factor:,.2f}</small>" if predicted else ""),
            ],
        ))
    header = ["", "layer", "operation", "input, weights, result", "bits", "weights, bytes", "products", "SQNR, dB", f"time, {unit}"]
    return _table(header, rows, {0, 4, 5, 6, 7, 8}, "layers") + _legend(manifest, figures)


def _predicted_times(layers, milliseconds):
    """The time of all layers, shared out by their predicted cycles; empty without either."""
    cycles = [layer.get("predicted_cycles", 0) for layer in layers]
    total_ms = sum(filter(None, milliseconds))
    return [total_ms * value / sum(cycles) for value in cycles] if total_ms and sum(cycles) else []


def _is_float(layer):
    return all(layer.get(key, "f32") == "f32" for key in ("input", "weights", "result"))


def _layer_name(layer):
    """The name, and below it that of the tensor that comes out, where what stood behind the layer is fused into it."""
    name, observation = layer.get("name") or "(no name)", layer.get("observation")
    ends = f"<small>with {escape(observation)}</small>" if observation and observation != name else ""
    return escape(name) + ends


def _types(layer):
    operands = " × ".join(layer[key] for key in ("input", "weights") if key in layer) or "?"
    return f"<span class='tag'>{'float' if _is_float(layer) else 'integer'}</span> {escape(operands)} → {escape(layer.get('result', '?'))}"


def _zeros(layer):
    """The pattern of its weights, and what products it leaves."""
    if "pattern" not in layer:
        return ""
    return f"<small>{escape(layer['pattern'])}: {100 * layer['zero_share']:.0f}% zeros, {_count(layer['kept_products'])} left</small>"


def _no_error(layer):
    return MISSING if "observation" in layer or "weights" in layer else ""


def _legend(manifest, figures):
    lines = []
    if manifest.get("compared_samples"):
        lines.append(f"SQNR: 10 log10 of float² / (float - integer)² of what the layer gives, over {manifest['compared_samples']} "
                     "calibration samples; it includes the error of all layers in front. Empty where a layer only moves values.")
    if figures.layer_ms:
        lines.append("Time: the layer's share of the processor's ticks, scaled to the time of a run. "
                     "A layer that is “fused” is computed in the loop of a layer in front and counted there."
                     + (f" Outside of layers: {_duration(figures.other_ms)}." if figures.other_ms else ""))
        if any(layer.get("predicted_cycles") for layer in manifest.get("layers", [])):
            lines.append("Predicted: the same total, shared out by what the target's description and the layers' shapes say.")
    return "".join(f"<p class='quiet'>{line}</p>" for line in lines)


def _bit_widths(picked):
    """What layers could have been picked instead, where widths were picked under budgets."""
    if not picked:
        return ""
    chosen = picked["chosen"]
    budgets = ", ".join(f"{name} ≤ {value}" for name, value in picked["budgets"].items())
    widths = ", ".join(f"{count} × {width}" for width, count in picked["layers"].items())
    costs = f"{_bytes(chosen['bytes'])}, {_count(chosen['bops'])} bit operations and {_duration(chosen['time_us'] / 1e3)}"
    text = (f"Picked under {escape(budgets)}: {escape(widths)}. Layers with weights then take {costs}. From what each layer does by itself, "
            f"{bitwidths.prediction(picked)}.")
    return f"<h2>Bit-widths</h2>{bitwidths.picture(picked)}<p class='quiet'>{text}</p>"


def _rounding(manifest):
    """The error behind each step, in layers whose weights were pruned or rounded by what they read."""
    rounded = [layer for layer in manifest.get("layers", []) if "rounding" in layer]
    if not rounded:
        return ""
    steps = list(dict.fromkeys(step for layer in rounded for step in layer["rounding"]["errors"]))
    rows = []
    for layer in rounded:
        errors = layer["rounding"]["errors"]
        cells = [f"{100 * errors[step]:.3g}" if step in errors else "" for step in steps]
        rows.append(("", [_layer_name(layer), layer.get("weight_bits", ""), f"{layer['rounding']['refit']:g}", *cells]))
    table = _table(["layer", "bits", "refit", *(f"{step}, %" for step in steps)], rows, {1, 2, *range(3, 3 + len(steps))})
    legend = ("Mean square of what rounding changes of the layer's result, relative to the result, behind each step; “pruned” is what zeros "
              "change by themselves. Refit: how much the weights to be rounded hold on to those given.")
    return f"<h2>Rounding of weights</h2>{table}<p class='quiet'>{legend}</p>"


def _islands(manifest):
    islands = manifest.get("float_islands", [])
    if not islands:
        return ""
    lines = (f"{escape(i['name'])} ({escape(i['op'])}): {escape(i['reason'])}" for i in islands)
    return "<h2>Stayed in float</h2><ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def _tensors(manifest):
    rows = []
    for kind in ("inputs", "outputs"):
        for tensor in manifest.get(kind, []):
            scale = f"{tensor['scale']:.6g}, {tensor.get('zero_point', 0)}" if tensor.get("scale") else ""
            sqnr = _decibels(tensor["sqnr_db"]) if "sqnr_db" in tensor else ""
            cells = [kind[:-1], escape(tensor.get("name", "")), _shape(tensor.get("shape", [])), tensor.get("type", MISSING), scale, sqnr]
            rows.append(("", cells))
    return _table(["", "name", "shape", "type", "scale, zero point", "SQNR, dB"], rows, numbers={5})


def _settings(quantization):
    if not quantization:
        return ""
    rows = []
    for name, value in quantization.items():
        if name == "percentile" and quantization.get("range_method") != name:
            continue
        if isinstance(value, dict):
            value = [f"{key} {entry}" for key, entry in value.items() if entry is not None]
        text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        rows.append(("", [escape(name.replace("_", " ")), escape(text or "none")]))
    return "<h2>Settings</h2>" + _table(["", ""], rows)


def _pipeline(pipeline):
    if not pipeline:
        return ""
    return f"<h2>Passes</h2><p class='quiet'>As <code>nnq-opt --pass-pipeline</code> takes them:</p><pre>{escape(pipeline)}</pre>"
