"""ONNX Runtime, through onnxruntime-node: the reference for float outputs and the peer for accuracy and speed."""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

SERVER = pathlib.Path(__file__).resolve().with_name("onnxruntime_server.js")
RANGE_METHODS = ("minmax", "percentile")


class PeerError(Exception):
    """ONNX Runtime is missing, or says no."""


class Session:
    """A model in a process of its own, which waits between commands. A context manager.

    NODE_PATH has to name a node_modules folder with onnxruntime-node. `config`: session options by their names, nested.
    """

    def __init__(self, model, threads=1, config=None):
        command = ["node", str(SERVER), str(model), str(threads), json.dumps(config or {})]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        except OSError as error:
            raise PeerError(f"node: {error.strerror}") from None
        names = self._answer()
        self.input_names, self.output_names = names["inputs"], names["outputs"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()

    def _answer(self):
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "node ended; is onnxruntime-node where NODE_PATH says?"}
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    def _ask(self, *words):
        self._process.stdin.write("\t".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def evaluate(self, inputs):
        """All outputs of samples (N, ...), each (N, ...), by name in the model's order. `inputs`: by name where there are several."""
        given = inputs if isinstance(inputs, dict) else {self.input_names[0]: np.asarray(inputs, np.float32)}
        with tempfile.TemporaryDirectory() as folder:
            paths = [f"{folder}/in{k}.npy" for k in range(len(self.input_names))]
            for name, path in zip(self.input_names, paths):
                np.save(path, np.ascontiguousarray(given[name]))
            self._ask("evaluate", folder, *paths)
            return {name: np.load(f"{folder}/{k}.npy") for k, name in enumerate(self.output_names)}

    def time(self, reps):
        """Seconds of each of `reps` runs."""
        return [1e-3 * ms for ms in self._ask("time", reps)["ms"]]


def run(model, inputs, config=None):
    """The outputs of a model, as Session.evaluate gives them."""
    with Session(model, config=config) as session:
        return session.evaluate(inputs)


def quantize(script, model, calibration, output, range_method):
    """Quantizes by `script` (ort_ptq.py): weights per channel, activations by `range_method`, one of RANGE_METHODS."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/calibration.npy", calibration)
        command = [sys.executable, str(script), str(model), f"{folder}/calibration.npy", str(output), "--ranges", range_method]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise PeerError(f"{script}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
