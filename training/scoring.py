"""Bulk scores: a table of parcels in, a table of scores with reasons out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from features.errors import UsageError
from features.history import History
from features.indicators.register import Raised, raise_indicators
from features.manifest import Manifest
from models.results import Reason
from models.risk import RiskModel
from models.risk_frame import gather
from training.data import CSV, NDJSON, PARQUET, Progress, Record, Source
from training.replay import replay_source

BATCH = 2048
Row = dict[str, Any]
Parcel = tuple[Manifest, Sequence[Raised], History]


def score_source(
    model: RiskModel,
    source: Source,
    reasons: int,
    progress: Progress = lambda _: None,
    histories: Progress = lambda _: None,
) -> Iterator[Row]:
    """Yield item_id, score, percentile and reasons of each parcel, in the file's order.

    The file is read twice: people's history is replayed first, within the file; labels never count, findings from the
    moment they became known.

    Args:
        model: The model.
        source: The parcels.
        reasons: How many reasons to give each; 0 is much faster.
        progress: Called with the number of rows scored.
        histories: Called with the number of rows read for the history.
    """
    past = replay_source(source, histories)
    for first, records in _batches(source.records(progress)):
        manifests = [record.manifest for record in records]
        raised = [raise_indicators(manifest) for manifest in manifests]
        known = [past.history(first + place) for place in range(len(records))]
        parcels = list(zip(manifests, raised, known, strict=True))
        yield from _scored(model, parcels, reasons)


def _batches(records: Iterable[Record]) -> Iterator[tuple[int, list[Record]]]:
    """Yield (place of the first, records)."""
    first, stream = 0, iter(records)
    while batch := list(islice(stream, BATCH)):
        yield first, batch
        first += len(batch)


def _scored(model: RiskModel, parcels: Sequence[Parcel], reasons: int) -> Iterator[Row]:
    rows = model.rows(gather([model.observe(*parcel) for parcel in parcels]))
    scores = model.scores(rows)
    shares = model.contributions(rows) if reasons else None
    for place, parcel in enumerate(parcels):
        why = model.explain(rows[place], shares[place], *parcel)[:reasons] if shares is not None else ()
        yield {
            "item_id": parcel[0].item_id,
            "score": float(scores.probability[place]),
            "percentile": float(scores.percentile[place]),
            "reasons": [_plain(reason) for reason in why],
        }


def check_output(path: Path) -> None:
    """Check before the work begins that the output's form is known.

    Raises:
        UsageError: It is not.
    """
    known = (*CSV, *PARQUET, *NDJSON)
    if path.suffix.lower() not in known:
        raise UsageError(f"{path}: the suffix names no known form; use {', '.join(known)}.")


def write_rows(path: Path, rows: Iterator[Row], reasons: int) -> int:
    """Write scores as CSV (columns for each reason), Parquet or NDJSON (a list of reasons); return the rows written."""
    if path.suffix.lower() in NDJSON:
        with path.open("w", encoding="utf-8") as file:
            return sum(1 for row in rows if file.write(json.dumps(row, ensure_ascii=False) + "\n"))
    flat = path.suffix.lower() in CSV
    schema = _flat_schema(reasons) if flat else _SCHEMA
    written = 0
    with pa.csv.CSVWriter(path, schema) if flat else pa.parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(rows, BATCH)):
            writer.write_table(pa.Table.from_pylist([_flat(row, reasons) if flat else row for row in batch], schema))
            written += len(batch)
    return written


_HEAD = [("item_id", pa.string()), ("score", pa.float64()), ("percentile", pa.float64())]
_REASON = pa.struct([("code", pa.string()), ("text", pa.string()), ("contribution", pa.float64())])
_SCHEMA = pa.schema([*_HEAD, ("reasons", pa.list_(_REASON))])


def _flat_schema(reasons: int) -> pa.Schema:
    own = [(f"reason_{place}{part}", kind) for place in range(1, reasons + 1) for part, kind in _REASON_COLUMNS]
    return pa.schema([*_HEAD, *own])


_REASON_COLUMNS = (("", pa.string()), ("_text", pa.string()), ("_contribution", pa.float64()))


def _flat(row: Row, reasons: int) -> Row:
    flat = {name: row[name] for name, _ in _HEAD}
    for place, reason in enumerate(row["reasons"][:reasons], start=1):
        flat[f"reason_{place}"] = reason["code"]
        flat[f"reason_{place}_text"] = reason["text"]
        flat[f"reason_{place}_contribution"] = reason["contribution"]
    return flat


def _plain(reason: Reason) -> Row:
    return {"code": reason.code, "text": reason.text, "contribution": round(reason.contribution, 4)}
