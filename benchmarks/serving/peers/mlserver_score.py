"""Peer (b): MLServer, score only, as a runtime of our own: its LightGBM runtime knows no calibration and no manifest.

The manifest travels as one string in the Open Inference Protocol, a ready row as FP32 numbers.
"""

from __future__ import annotations

import json

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse

from benchmarks.serving.peers.hosted import Hosted


class Risk(MLModel):
    """The risk model as a runtime of MLServer."""

    async def load(self) -> bool:
        """Read the model."""
        self.hosted = Hosted()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Score a manifest, or a ready row."""
        asked = payload.inputs[0]
        if asked.datatype == "BYTES":
            row = self.hosted.row_of_json(json.loads(StringCodec.decode_input(asked)[0]))
        else:
            row = NumpyCodec.decode_input(asked).astype(np.float32)
        output = NumpyCodec.encode_output("score", np.array([self.hosted.score(row)]))
        return InferenceResponse(id=payload.id, model_name=self.name, outputs=[output])
