"""Makes a graph that fails simpler, as long as it fails in the same way.

The generator's decisions are what shrinks: spans are left out, which drops layers; numbers become 0 or smaller, which
simplifies shapes, attributes and values.
"""

import time


class Reducer:
    """`fails` says whether a list of decisions makes a graph that fails in the same way."""

    def __init__(self, fails, seconds=30):
        self.fails, self.seconds = fails, seconds
        self.tried = set()

    def reduce(self, taken, spans):
        """`spans(taken)` gives the spans of decisions. Returns a list of which nothing more can be left out, or the best in time."""
        self.until = time.monotonic() + self.seconds
        best, changed = list(taken), True
        while changed and time.monotonic() < self.until:
            before = list(best)
            for step in (self._drop_spans, self._drop_blocks, self._zero_blocks, self._lower):
                best = step(best, spans)
            changed = best != before
        return best

    def _try(self, candidate, best):
        key = tuple(candidate)
        if candidate == best or key in self.tried or time.monotonic() > self.until:
            return False
        self.tried.add(key)
        return self.fails(candidate)

    def _drop_spans(self, best, spans):
        for start, end in sorted(spans(best), key=lambda s: s[0] - s[1]):
            candidate = best[:start] + best[end:]
            if self._try(candidate, best):
                return self._drop_spans(candidate, spans)
        return best

    def _drop_blocks(self, best, _):
        for size in (8, 4, 2, 1):
            at = len(best) - size
            while at >= 0:
                candidate = best[:at] + best[at + size :]
                if self._try(candidate, best):
                    best = candidate
                at -= size
        return best

    def _zero_blocks(self, best, _):
        for size in (16, 8, 4, 2, 1):
            for at in range(0, len(best), size):
                block = best[at : at + size]
                candidate = best[:at] + [0] * len(block) + best[at + size :]
                if any(block) and self._try(candidate, best):
                    best = candidate
        return best

    def _lower(self, best, _):
        for at in range(len(best)):
            low, high = 0, best[at]
            # By bisection. A number need not fail above the least one that does, which costs quality only.
            while high - low > 1 and time.monotonic() < self.until:
                middle = (low + high) // 2
                candidate = best[:at] + [middle] + best[at + 1 :]
                if self._try(candidate, best):
                    best, high = candidate, middle
                else:
                    low = middle
        return best
