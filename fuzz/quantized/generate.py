"""A random quantized graph from a Choices."""

from common.graph import Graph

from . import qdq, qoperators
from .parameters import dequantize, element, new_input, shape

MOST_STEPS = 6


def generate(c):
    """A Graph of 1 to MOST_STEPS layers, each between Q and DQ or an operator on codes."""
    style = c.weighted({"qdq": 48, "operators": 24, "mixed": 12, "whole": 16})
    g = Graph(c.weighted({21: 65, 13: 20, 19: 15}))
    if style == "whole":
        c_whole = c.weighted(qoperators.WHOLE)
        c_whole(g, c)
        return g
    rank = c.weighted({4: 60, 2: 25, 3: 10, 1: 5})
    x = new_input(g, c, shape(c, rank), element(c, wide=style == "qdq"))
    steps = {"qdq": qdq.STEPS, "operators": qoperators.STEPS, "mixed": qdq.STEPS | qoperators.STEPS}[style]
    made = 0
    while made < MOST_STEPS and x is not qoperators.END:
        with c.span():
            if made and not c.chance(65):
                break
            made += 1
            x = c.weighted(steps)(g, c, x) or x
    if c.chance(15):
        g.extra = [c.pick(codes)] if (codes := g.codes()) else []
    if not g.nodes or not g.leaves():
        qdq.requantize(g, c, x)
    elif x is not qoperators.END and style != "operators" and c.chance(25):
        dequantize(g, c, x)
    return g
