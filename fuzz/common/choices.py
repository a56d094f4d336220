"""Decisions that a generator takes, recorded so that they can be replayed and made simpler.

A generator that only asks a Choices is a function of a list of integers. The reducer changes that list, not the graph, so
whatever it tries is a graph that the generator could have made. 0 always is the simplest answer, and what is asked for
behind the end of the list is 0.
"""

import contextlib
import random


class Choices:
    """Random decisions from a seed, or those of a list."""

    def __init__(self, seed=None, given=None):
        self.random = random.Random(seed) if given is None else None
        self.given = given
        self.taken = []
        self.spans = []

    def _take(self, count, draw):
        at = len(self.taken)
        value = draw() if self.random else min(self.given[at], count - 1) if at < len(self.given) else 0
        self.taken.append(value)
        return value

    def below(self, count):
        """0 to count - 1, all alike."""
        return self._take(count, lambda: self.random.randrange(count))

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, options):
        return options[self.below(len(options))]

    def weighted(self, weights):
        """A key of {option: weight}; the first is the simplest."""
        options = list(weights)
        drawn = lambda: self.random.choices(range(len(options)), list(weights.values()))[0]  # noqa: E731
        return options[self._take(len(options), drawn)]

    def chance(self, percent):
        """Whether something less simple happens."""
        return bool(self._take(2, lambda: int(self.random.random() * 100 < percent)))

    @contextlib.contextmanager
    def span(self):
        """Decisions that belong together and can be left out together."""
        start = len(self.taken)
        yield
        self.spans.append((start, len(self.taken)))
