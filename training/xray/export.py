"""The trained detector as one ONNX file, checked against torch before anybody relies on it."""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch

from features.errors import CheckFailed
from models.xray_engine import open_engine
from training.xray.net import Detector

OPSET = 18
TOLERANCE = 2e-3


def export_onnx(network: Detector) -> bytes:
    """Return the network as ONNX with free picture sides, weights inside the file.

    Raises:
        CheckFailed: onnxruntime's answers differ from torch's by more than TOLERANCE.
    """
    network = network.eval().float().to(memory_format=torch.contiguous_format)
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(scratch) / "detector.onnx"
        free = {0: "n", 2: "height", 3: "width"}
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, 128, 160),),
            str(path),
            input_names=["planes"],
            output_names=["heads"],
            opset_version=OPSET,
            dynamic_axes={"planes": free, "heads": free},
            dynamo=False,
            external_data=False,
        )
        model = path.read_bytes()
    _check(model, network)
    return model


def _check(model: bytes, network: Detector) -> None:
    engine = open_engine(model, "onnxruntime")
    rng = np.random.default_rng(0)
    for height, width in ((128, 160), (320, 256)):
        planes = rng.random((1, 3, height, width), np.float32)
        with torch.no_grad():
            expected = network(torch.from_numpy(planes)).numpy()
        difference = float(np.abs(engine.run(planes) - expected).max())
        if not difference <= TOLERANCE:
            raise CheckFailed(f"The exported network differs from the trained one by {difference:.2g}.")


def weights_bytes(network: Detector) -> bytes:
    """Return the weights as NumPy arrays, for a later run that starts from them; nothing in the file can run."""
    buffer = io.BytesIO()
    np.savez(buffer, **{name: value.detach().numpy() for name, value in network.state_dict().items()})
    return buffer.getvalue()


def load_weights(data: bytes) -> dict[str, torch.Tensor]:
    """Read what `weights_bytes` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}
