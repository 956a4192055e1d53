"""Peer (a): FastAPI with reasons and a durable record, one commit a request. `uvicorn benchmarks...fastapi_record:app`.

`/screenings` takes a manifest, `/screenings/quick` one whose features are computed by the product's quick way for a
single parcel, `/screenings/row` features that somebody else has computed. The handlers are plain functions, which
FastAPI runs in its thread pool, because they compute and wait; that of `/screenings/inline` is a coroutine.
"""

from __future__ import annotations

import json
import os
import uuid
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, Float, MetaData, String, Table, Text, create_engine, event

from benchmarks.serving.peers.hosted import Hosted, Rows, as_row

hosted = Hosted()
app = FastAPI(openapi_url=None)
engine = create_engine(os.environ["PEER_DATABASE_URL"], pool_size=40, connect_args={"timeout": 60})
metadata = MetaData()
record = Table(
    "screening",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("item_id", String(64), index=True),
    Column("created_at", DateTime(timezone=True)),
    Column("score", Float),
    Column("reasons", Text),
    Column("request", Text),
)


class Row(BaseModel):
    """A parcel whose features are ready."""

    item_id: str
    features: list[float | None]


@event.listens_for(engine, "connect")
def _durable(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


metadata.create_all(engine)


@app.get("/ready")
def ready() -> dict[str, str]:
    """Say that the model is loaded."""
    return {"status": "ready"}


@app.post("/screenings")
def screen(manifest: dict[str, Any]) -> JSONResponse:
    """Validate a manifest (pydantic), score it, explain the score and record both."""
    return _answer(str(manifest["item_id"]), hosted.row_of_json(manifest), manifest)


@app.post("/screenings/quick")
def screen_quickly(manifest: dict[str, Any]) -> JSONResponse:
    """The same, with the product's own quick way to the features of one parcel."""
    return _answer(str(manifest["item_id"]), hosted.quick_row_of_json(manifest), manifest)


@app.post("/screenings/inline")
async def screen_inline(manifest: dict[str, Any]) -> JSONResponse:
    """The same without threads: one request after the other, each waiting for the disk in the event loop."""
    return _answer(str(manifest["item_id"]), hosted.row_of_json(manifest), manifest)


@app.post("/screenings/row")
def screen_row(parcel: Row) -> JSONResponse:
    """Score a ready row, explain the score and record both."""
    return _answer(parcel.item_id, as_row(parcel.features), parcel.features)


def _answer(item_id: str, row: Rows, asked: Any) -> JSONResponse:
    score, reasons, screening_id = hosted.score(row), hosted.reasons(row), uuid.uuid4().hex
    values = {
        "id": screening_id,
        "item_id": item_id,
        "created_at": datetime.now(UTC),
        "score": score,
        "reasons": json.dumps(reasons),
        "request": json.dumps(asked),
    }
    with engine.begin() as connection:
        connection.execute(record.insert(), values)
    answer = {"screening_id": screening_id, "item_id": item_id, "risk": {"score": score, "reasons": reasons}}
    return JSONResponse(answer, status_code=201)
