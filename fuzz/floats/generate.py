"""A random float graph from a Choices."""

from . import decisions, elementwise, heads, layers, moves, recurrent, spellings
from .graph import FloatGraph
from .parameters import new_input, shape

MOST_STEPS = 7
THEMES = {layers: 34, elementwise: 20, spellings: 20, moves: 14, heads: 6, decisions: 4, recurrent: 2}
"""What a step is of, and how often."""

LARGEST = 4096
"""Elements of a value that steps read: graphs are small so that they are many."""


def generate(c):
    """A FloatGraph of 1 to MOST_STEPS layers, operators or spellings."""
    g = FloatGraph(c.weighted({17: 40, 13: 22, 18: 14, 11: 14, 20: 10}))
    x = new_input(g, c, shape(c, c.weighted({4: 50, 3: 25, 2: 20, 1: 5})))
    made = 0
    while made < MOST_STEPS:
        with c.span():
            if made and not c.chance(75):
                break
            made += 1
            if c.chance(10) and (others := [v for v in g.reals() if v.name != x.name]):
                x = c.pick(others)
            result = c.weighted(c.weighted(THEMES).STEPS)(g, c, x)
        if result is not None and result.element == "f32" and _size(result) <= LARGEST and result.shape:
            x = result
    if not g.nodes:
        g.exact("Relu", [x], x.shape, x.reach)
    if c.chance(15):
        inner = [v for v in g.reals() if v.name in g.used and not v.name.startswith("x")]
        g.extra = [c.pick(inner)] if inner else []
    return g


def _size(value):
    size = 1
    for n in value.shape:
        size *= n
    return size
