"""Bulk scores: a table of parcels in, a table of scores with reasons out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from features.errors import UsageError
from features.history import History
from features.indicators.register import Raised, raise_indicators
from features.manifest import Manifest
from models.results import Reason
from models.risk import RiskModel
from models.risk_frame import Observations, gather, part
from training.data import CSV, NDJSON, PARQUET, Progress, Record, Source
from training.replay import replay_source

BATCH = 2048
Row = dict[str, Any]
Parcel = tuple[Manifest, Sequence[Raised], History]
Numbers = npt.NDArray[np.float64]
Run = Callable[[Callable[[Any, Any], Any], Any, Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Parcels to score, each with its history, and the number of reasons wanted for each."""

    manifests: tuple[Manifest, ...]
    histories: tuple[History, ...]
    reasons: int


def here(function: Callable[[Any, Any], Any], model: Any, items: Iterable[Any]) -> Iterator[Any]:
    """Apply a function to a model and each item, in this process."""
    return (function(model, item) for item in items)


def score_source(
    model: RiskModel,
    source: Source,
    reasons: int,
    progress: Progress = lambda _: None,
    histories: Progress = lambda _: None,
    *,
    earlier: Sequence[Source] = (),
    run: Run = here,
) -> Iterator[Row]:
    """Yield item_id, score, percentile and reasons of each parcel, in the file's order.

    The file is read twice: people's history is replayed first; labels never count, findings from the moment they became
    known.

    Args:
        model: The model.
        source: The parcels.
        reasons: How many reasons to give each; 0 is much faster.
        progress: Called with the number of rows scored.
        histories: Called with the number of rows read for the history.
        earlier: Files of earlier parcels, which only fill the history.
        run: Applies the scoring to every batch, here or on a cluster (`training.cluster.run_on`).
    """
    past = replay_source(source, histories, earlier)
    batches = (
        Batch(
            tuple(record.manifest for record in records),
            tuple(past.history(first + place) for place in range(len(records))),
            reasons,
        )
        for first, records in _batches(source.records(progress))
    )
    for rows in run(score_batch, model, batches):
        yield from rows


def _batches(records: Iterable[Record]) -> Iterator[tuple[int, list[Record]]]:
    """Yield (place of the first, records)."""
    first, stream = 0, iter(records)
    while batch := list(islice(stream, BATCH)):
        yield first, batch
        first += len(batch)


def score_batch(model: RiskModel, batch: Batch) -> list[Row]:
    """Score parcels whose history is known."""
    raised = [raise_indicators(manifest) for manifest in batch.manifests]
    parcels = list(zip(batch.manifests, raised, batch.histories, strict=True))
    observed = gather([model.observe(*parcel) for parcel in parcels])
    rows = model.rows(observed)
    scores = model.scores(rows, observed.patterns)
    shares = model.contributions(rows) if batch.reasons else ()
    reasons = [
        _reasons(model, part(observed, np.array([place])), share, parcels[place])[: batch.reasons]
        for place, share in enumerate(shares)
    ] or [[] for _ in parcels]
    return [
        {
            "item_id": parcel[0].item_id,
            "score": float(scores.probability[place]),
            "percentile": float(scores.percentile[place]),
            "reasons": why,
        }
        for place, (parcel, why) in enumerate(zip(parcels, reasons, strict=True))
    ]


def _reasons(model: RiskModel, observed: Observations, shares: Numbers, parcel: Parcel) -> list[Row]:
    return [_plain(reason) for reason in model.explain(observed, shares, *parcel)]


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
    form = pa.csv.WriteOptions(delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    columns = pa.csv.CSVWriter(path, schema, write_options=form) if flat else pa.parquet.ParquetWriter(path, schema)
    with columns as writer:
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
