"""Tables in Markdown."""


def print_table(header, rows):
    """Prints rows of texts below a header, in columns of one width."""
    rows = [header, *rows]
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(header))]
    rows.insert(1, ["-" * width for width in widths])
    for cells in rows:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |")
