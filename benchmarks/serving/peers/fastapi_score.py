"""Peer (b): bare FastAPI, score only: no reasons, no record."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from benchmarks.serving.peers.hosted import Hosted, as_row

hosted = Hosted()
app = FastAPI(openapi_url=None)


class Row(BaseModel):
    """A parcel whose features are ready."""

    item_id: str
    features: list[float | None]


@app.get("/ready")
def ready() -> dict[str, str]:
    """Say that the model is loaded."""
    return {"status": "ready"}


@app.post("/scores")
async def score(manifest: dict[str, Any]) -> JSONResponse:
    """Score a manifest."""
    return JSONResponse({"item_id": manifest["item_id"], "score": hosted.score(hosted.row_of_json(manifest))})


@app.post("/scores/quick")
async def score_quickly(manifest: dict[str, Any]) -> JSONResponse:
    """The same, with the product's own quick way to the features of one parcel."""
    return JSONResponse({"item_id": manifest["item_id"], "score": hosted.score(hosted.quick_row_of_json(manifest))})


@app.post("/scores/row")
async def score_row(parcel: Row) -> JSONResponse:
    """Score a ready row."""
    return JSONResponse({"item_id": parcel.item_id, "score": hosted.score(as_row(parcel.features))})
