"""Runs the detector's ONNX file: onnxruntime, or OpenCV's DNN module where onnxruntime is absent.

A bundle may hold the same network in 8 bit too (`training.xray.quantise`). onnxruntime takes that one on a processor
that multiplies bytes in one step; on others it is no faster, and older ones overflow on the way.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from features.errors import InputError

Tensor = NDArray[np.float32]
EngineName = Literal["onnxruntime", "onnxruntime-int8", "opencv"]
BYTE_PRODUCTS = frozenset({"avx512_vnni", "avx_vnni", "asimddp"})
"""What Linux calls the instructions that multiply and add bytes in one step (x86 VNNI, Arm dot product)."""


class Engine(Protocol):
    """Something that runs the network; safe to call from several threads, and as a pickle to send to a process."""

    name: EngineName

    def run(self, batch: Tensor) -> Tensor:
        """Return the heads, N x C x H/8 x W/8, of planes N x 3 x H x W whose sides are multiples of 32."""
        ...


class OnnxRuntimeEngine:
    """onnxruntime on one core per call: a server runs many calls side by side and must not have them fight."""

    def __init__(self, model: bytes, name: EngineName = "onnxruntime") -> None:
        import onnxruntime

        self.name = name
        self._model = model

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

    def __reduce__(self) -> tuple[object, ...]:
        """Send the network itself; a session stays where it was opened."""
        return OnnxRuntimeEngine, (self._model, self.name)


class OpenCvEngine:
    """OpenCV's DNN module; a net keeps its input between two calls, so calls wait for each other."""

    name: EngineName = "opencv"

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, np.uint8))
        self._lock = threading.Lock()

    def run(self, batch: Tensor) -> Tensor:
        """See Engine.run."""
        with self._lock:
            self._net.setInput(batch)
            return np.array(self._net.forward(), np.float32)

    def __reduce__(self) -> tuple[object, ...]:
        """Send the network itself."""
        return OpenCvEngine, (self._model,)


def best_engine(has_int8: bool) -> EngineName:
    """Return the fastest engine that this machine has.

    Args:
        has_int8: Whether the bundle holds the network in 8 bit.
    """
    if importlib.util.find_spec("onnxruntime") is None:
        return "opencv"
    return "onnxruntime-int8" if has_int8 and multiplies_bytes() else "onnxruntime"


def multiplies_bytes(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor has one of BYTE_PRODUCTS; False where nobody can tell."""
    try:
        return not BYTE_PRODUCTS.isdisjoint(cpuinfo.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        return False


def open_engine(model: bytes, name: EngineName | None = None) -> Engine:
    """Load the network.

    Args:
        model: The bytes of an ONNX file without external data; in 8 bit for the engine of that name.
        name: The engine to use; None takes onnxruntime where it is installed, else OpenCV.

    Raises:
        InputError: The bytes are not a network that the engine can run.
    """
    name = name or best_engine(has_int8=False)
    try:
        return OpenCvEngine(model) if name == "opencv" else OnnxRuntimeEngine(model, name)
    # Each engine raises its own classes for a file it cannot use; for the reader they are one thing.
    except Exception as error:
        raise InputError(f"The detector's network cannot be loaded by {name}: {error}") from error
