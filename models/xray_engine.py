"""Runs the detector's ONNX file: onnxruntime, or OpenCV's DNN module where onnxruntime is absent."""

from __future__ import annotations

import importlib.util
import threading
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from features.errors import InputError

Tensor = NDArray[np.float32]
EngineName = Literal["onnxruntime", "opencv"]


class Engine(Protocol):
    """Something that runs the network; safe to call from several threads."""

    name: EngineName

    def run(self, batch: Tensor) -> Tensor:
        """Return the heads, N x C x H/8 x W/8, of planes N x 3 x H x W whose sides are multiples of 32."""
        ...


class OnnxRuntimeEngine:
    """onnxruntime on one core per call: a server runs many calls side by side and must not have them fight."""

    name: EngineName = "onnxruntime"

    def __init__(self, model: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Spinning threads burn a core while they wait, which slows everything else on a busy machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Tensor) -> Tensor:
        """See Engine.run."""
        return np.asarray(self._session.run(None, {self._input: batch})[0], np.float32)


class OpenCvEngine:
    """OpenCV's DNN module; a net keeps its input between two calls, so calls wait for each other."""

    name: EngineName = "opencv"

    def __init__(self, model: bytes) -> None:
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
        self._lock = threading.Lock()

    def run(self, batch: Tensor) -> Tensor:
        """See Engine.run."""
        with self._lock:
            self._net.setInput(batch)
            return np.array(self._net.forward(), np.float32)


def open_engine(model: bytes, name: EngineName | None = None) -> Engine:
    """Load the network.

    Args:
        model: The bytes of an ONNX file without external data.
        name: The engine to use; None takes onnxruntime where it is installed, else OpenCV.

    Raises:
        InputError: The bytes are not a network that the engine can run.
    """
    if name is None:
        name = "onnxruntime" if importlib.util.find_spec("onnxruntime") else "opencv"
    try:
        return OnnxRuntimeEngine(model) if name == "onnxruntime" else OpenCvEngine(model)
    # Each engine raises its own classes for a file it cannot use; for the reader they are one thing.
    except Exception as error:
        raise InputError(f"The detector's network cannot be loaded by {name}: {error}") from error
