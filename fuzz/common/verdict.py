"""What is found of a graph."""

import re
from dataclasses import dataclass

OK, REFUSED, FAILED = "ok", "refused", "failed"

TELLING = ("import", "prepare", "quantize", "reference", "crash", "compile")
"""Stages whose messages tell failures of one stage apart. At the others, values differ."""


@dataclass(frozen=True)
class Verdict:
    """`kind` is OK, REFUSED (by name, with a reason) or FAILED at `stage`. `peer`: what ONNX Runtime said, or ""."""

    kind: str
    stage: str = ""
    text: str = ""
    peer: str = ""
    near: int = 0

    @property
    def signature(self):
        """Equal for failures of one kind: a stage, and its message without names and numbers, unless it is about values."""
        text = re.sub(r"'[^']*'|tensor<[^>]*>+|[-+]?\d+(\.\d+)?(e[-+]?\d+)?", "#", self.text)
        return f"{self.stage}: {text if self.stage.startswith(TELLING) else 'results differ'}"[:200]
