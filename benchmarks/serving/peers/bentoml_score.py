"""Peer (b): BentoML, score only. `bentoml serve benchmarks.serving.peers.bentoml_score:Risk`."""

from __future__ import annotations

import os
from typing import Any

import bentoml

from benchmarks.serving.peers.hosted import Hosted, as_row


@bentoml.service(workers=int(os.environ.get("PEER_WORKERS", "1")), metrics={"enabled": False})
class Risk:
    """The risk model as a BentoML service."""

    def __init__(self) -> None:
        self.hosted = Hosted()

    @bentoml.api
    def score(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Score a manifest."""
        return {"item_id": manifest["item_id"], "score": self.hosted.score(self.hosted.row_of_json(manifest))}

    @bentoml.api
    def score_row(self, item_id: str, features: list[float | None]) -> dict[str, Any]:
        """Score a ready row."""
        return {"item_id": item_id, "score": self.hosted.score(as_row(features))}
