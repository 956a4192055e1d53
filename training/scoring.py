"""Bulk scores: a table of parcels in, a table of scores with reasons out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from features.errors import UsageError
from features.history import entity_keys
from features.indicators.register import raise_indicators
from models.results import Reason
from models.risk import RiskModel
from training.data import CSV, NDJSON, PARQUET, Table
from training.frame import replay

BATCH = 2048
Row = dict[str, Any]


def score_table(
    model: RiskModel, table: Table, reasons: int, progress: Callable[[int], None] = lambda _: None
) -> Iterator[Row]:
    """Yield item_id, score, percentile and reasons of each parcel, in the table's order.

    People's history is replayed within the table; labels never count, findings from the moment they became known.

    Args:
        model: The model.
        table: The parcels.
        reasons: How many reasons to give each; 0 is much faster.
        progress: Called with the number of parcels done.
    """
    histories = replay(table.records, [entity_keys(record.manifest) for record in table.records])
    for start in range(0, len(table.records), BATCH):
        records = table.records[start : start + BATCH]
        past = histories[start : start + BATCH]
        raised = [raise_indicators(record.manifest) for record in records]
        parcels = list(zip((record.manifest for record in records), raised, past, strict=True))
        rows = model.rows([model.observe(*parcel) for parcel in parcels])
        scores = model.scores(rows)
        shares = model.contributions(rows) if reasons else rows
        for place, parcel in enumerate(parcels):
            why = model.explain(rows[place], shares[place], *parcel)[:reasons] if reasons else ()
            yield {
                "item_id": parcel[0].item_id,
                "score": float(scores.probability[place]),
                "percentile": float(scores.percentile[place]),
                "reasons": [_plain(reason) for reason in why],
            }
            progress(start + place + 1)


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
    if path.suffix.lower() in CSV:
        flat = pa.Table.from_pylist([_flat(row, reasons) for row in rows], _flat_schema(reasons))
        pa.csv.write_csv(flat, path)
        return int(flat.num_rows)
    nested = pa.Table.from_pylist(list(rows), _SCHEMA)
    pa.parquet.write_table(nested, path)
    return int(nested.num_rows)


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
