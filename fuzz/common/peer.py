"""ONNX Runtime, in one node process that answers for many models."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx

SERVER = pathlib.Path(__file__).with_name("onnxruntime_server.js")


OPTIMIZED, SIGNED, PLAIN = "optimized", "signed", "plain"
"""How it runs a model: as it does on x86; with signed codes left signed, as on Arm; node by node as the model says."""


class PeerRefuses(Exception):
    """ONNX Runtime does not take the model."""


class PeerEnds(Exception):
    """There is no ONNX Runtime, or it crashed."""


class Peer:
    """`folder` holds node_modules with onnxruntime-node. The process starts with the first model."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None

    def _start(self):
        environment = {**os.environ, "NODE_PATH": str(pathlib.Path(self.folder) / "node_modules")}
        self.process = subprocess.Popen(["node", str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=environment)

    def optimized(self, model, inputs, mode):
        """The model that it runs."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "optimized.onnx"
            self.run(model, inputs, mode, path)
            return onnx.load(str(path))

    def run(self, model, inputs, mode=OPTIMIZED, save=""):
        """The outputs by name of a model's bytes on arrays by name."""
        return self.run_all(model, [inputs], mode, save)[0]

    def run_all(self, model, runs, mode=OPTIMIZED, save=""):
        """A list of what run() gives, one for each of `runs`."""
        if self.process is None:
            self._start()
        question = {
            "model": base64.b64encode(model).decode(),
            "level": "disabled" if mode == PLAIN else "all",
            "signed": mode == SIGNED,
            "runs": [{name: _encode(array) for name, array in inputs.items()} for inputs in runs],
            "save": str(save),
        }
        try:
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.process = None
            raise PeerEnds(f"node ended; does {self.folder}/node_modules have onnxruntime-node?")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerRefuses(" ".join(answer["error"].split()))
        return [{name: _decode(tensor) for name, tensor in outputs.items()} for outputs in answer["runs"]]


def _encode(array):
    return {"type": str(array.dtype), "dims": list(array.shape), "data": base64.b64encode(array.tobytes()).decode()}


def _decode(tensor):
    return np.frombuffer(base64.b64decode(tensor["data"]), tensor["type"]).reshape(tensor["dims"])
