"""report.html: one file that opens offline, with what a compilation did to each layer.

Reads the manifest and the figures measured; what they lack is shown as n/a.
"""

from dataclasses import dataclass, field
from html import escape

REPORT = "report.html"
MISSING = "n/a"
BAR_WIDTH = 120  # pixels of the longest bar

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2rem; } .note { color: #57606a; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; }
dl div { background: #f3f5f8; border-radius: 6px; padding: .6rem .8rem; } dt { color: #57606a; font-size: .85rem; }
dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #e3e6ea; }
th { font-weight: 600; } .number { text-align: right; } rect { fill: #3b7dd8; } .float rect { fill: #d8863b; }
"""


@dataclass(frozen=True)
class Figures:
    """What was measured on this machine.

    median_ms         of a run on one thread; None if the model was not run
    output_sqnr_db    for each output, against float; None where an output is not float; empty without a comparison
    compared_samples  how many samples that is over
    layers            by name: {"sqnr_db": ..., "time_ms": ...}
    not_measured      why nothing was measured, or ""
    """

    median_ms: float = None
    output_sqnr_db: list = field(default_factory=list)
    compared_samples: int = 0
    layers: dict = field(default_factory=dict)
    not_measured: str = ""


def write(folder, source, manifest, figures):
    """Writes the report of the model `source` into `folder`."""
    (folder / REPORT).write_text(render(source, manifest, figures), encoding="utf-8")


def render(source, manifest, figures):
    """The report as HTML."""
    target = manifest.get("target", MISSING)
    body = [
        f"<h1>{escape(source)}</h1><p class='note'>compiled by nnq for {escape(target)}</p>",
        _tiles(_summary(manifest, figures)),
        f"<p class='note'>Not measured: {escape(figures.not_measured)}.</p>" if figures.not_measured else "",
        "<h2>Layers</h2>",
        _layer_table(manifest.get("layers", []), figures.layers),
        _islands(manifest.get("float_islands", [])),
        "<h2>Inputs and outputs</h2>",
        _tensor_table(manifest, figures),
        _settings(manifest.get("quantization")),
    ]
    head = f"<meta charset='utf-8'><title>nnq: {escape(source)}</title><style>{STYLE}</style>"
    return f"<!DOCTYPE html>\n<html lang='en'><head>{head}</head>\n<body>{chr(10).join(body)}</body></html>\n"


def _bytes(count):
    return MISSING if count is None else f"{count:,} B"


def _number(value, digits=2):
    return MISSING if value is None else f"{value:,.{digits}f}"


def _summary(manifest, figures):
    layers = manifest.get("layers", [])
    parameters = sum(layer.get("weight_count", 0) for layer in layers)
    return {
        "layers": len(layers),
        "weights as float": _bytes(4 * parameters) if parameters else MISSING,
        "weights compiled": _bytes(manifest.get("weight_bytes")),
        "object file": _bytes(manifest.get("object_bytes")),
        "arena": _bytes(manifest.get("arena_bytes")),
        "median time": MISSING if figures.median_ms is None else f"{figures.median_ms:.3f} ms",
        "calibrated on": f"{manifest.get('calibration_samples', 0)} samples",
    }


def _tiles(values):
    return "<dl>" + "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(str(v))}</dd></div>" for k, v in values.items()) + "</dl>"


def _table(header, rows, numbers):
    """`header` and `rows` are cells of HTML; columns whose index is in `numbers` are aligned right. A row is (class, cells)."""

    def line(tag, cells):
        return "".join(f"<{tag}{' class=number' if i in numbers else ''}>{cell}</{tag}>" for i, cell in enumerate(cells))

    body = "".join(f"<tr class='{kind}'>{line('td', cells)}</tr>" for kind, cells in rows)
    return f"<table><thead><tr>{line('th', header)}</tr></thead><tbody>{body}</tbody></table>"


def _bar(value, largest):
    width = round(BAR_WIDTH * value / largest, 1) if largest else 0
    return f"<svg width='{BAR_WIDTH}' height='10' role='img' aria-label='{value}'><rect width='{width}' height='10'/></svg>"


def _layer_table(layers, measured):
    largest = max((layer.get("weight_bytes", 0) for layer in layers), default=0)
    rows = []
    for layer in layers:
        figures = {**layer, **measured.get(layer.get("name"), {})}
        types = " ".join((layer.get("input", "?"), "×", layer.get("weights", "?"), "→", layer.get("result", "?")))
        size = layer.get("weight_bytes")
        cells = [
            escape(layer.get("name") or "(no name)"),
            escape(layer.get("op", MISSING)),
            escape(types),
            layer.get("weight_bits", MISSING),
            MISSING if size is None else f"{size:,}",
            _bar(size or 0, largest),
            _number(layer.get("multiplications"), 0),
            _number(figures.get("sqnr_db")),
            _number(figures.get("time_ms"), 3),
        ]
        rows.append(("float" if layer.get("weights", "").startswith("f") else "integer", cells))
    header = ["layer", "operation", "types", "bits", "bytes", "", "multiplications", "SQNR, dB", "time, ms"]
    return _table(header, rows, numbers={3, 4, 6, 7, 8})


def _islands(islands):
    if not islands:
        return ""
    return "<h2>Stayed in float</h2><ul>" + "".join(f"<li>{escape(text)}</li>" for text in islands) + "</ul>"


def _tensor_table(manifest, figures):
    rows = []
    for kind in ("inputs", "outputs"):
        for index, tensor in enumerate(manifest.get(kind, [])):
            sqnr = figures.output_sqnr_db[index] if kind == "outputs" and index < len(figures.output_sqnr_db) else None
            shape = "×".join(map(str, tensor.get("shape", [])))
            scale = f"{tensor['scale']:.6g}, {tensor.get('zero_point', 0)}" if tensor.get("scale") else "-"
            cells = [kind[:-1], escape(tensor.get("name", "")), shape, tensor.get("type", MISSING), scale, _number(sqnr)]
            rows.append(("", cells))
    header = ["", "name", "shape", "type", "scale, zero point", "SQNR, dB"]
    note = f"<p class='note'>SQNR against float over {figures.compared_samples} calibration samples.</p>"
    return _table(header, rows, numbers={5}) + (note if figures.compared_samples else "")


def _settings(quantization):
    if not quantization:
        return ""
    rows = []
    for name, value in quantization.items():
        text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        rows.append(("", [escape(name), escape(text or "-")]))
    return "<h2>Settings</h2>" + _table(["", ""], rows, numbers=())
