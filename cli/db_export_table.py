"""Writes exported screenings as `train risk` reads them: NDJSON of manifests, or a Parquet table with its mapping."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import yaml

from cli.files import whole_file
from training.mapping_types import FLAG, INTEGER, LEAVES, LIST, NUMBER, TEXT

Row = dict[str, Any]
BATCH = 5_000
MOST_LINES = 20
"""Article lines and documents that a table has columns for; NDJSON has all."""
LISTS = ("items", "documents", "dimensions_mm")
BESIDE = ("lane", "outcome", "rule", "stage", "random_selection", "selection_probability", "placement_probability")
"""Columns that say what was decided: whoever trains on them learns the procedure instead of the parcels."""
TRUTH = ("found", "finding_at", "parts")
KNOWN_AFTER_DAYS = 1
_TYPES = {NUMBER: pa.float64(), INTEGER: pa.int64(), FLAG: pa.bool_()}


def write_ndjson(path: Path, rows: Iterable[Row], extra: Sequence[str]) -> tuple[int, int]:
    """Write one object a line; returns how many, and how many of them have a label."""
    count = labelled = 0
    with whole_file(path) as scratch, scratch.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            count, labelled = count + 1, labelled + (row["label"] is not None)
    return count, labelled


def write_parquet(path: Path, rows: Iterable[Row], extra: Sequence[str]) -> tuple[int, int]:
    """Write a table with a column for each place of a manifest, and its mapping; returns as `write_ndjson`."""
    most: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=".export-") as folder:
        # Which columns there are is known only when all rows were seen; they wait on disk, not in memory.
        waiting = Path(folder) / "rows.ndjson"
        counts = write_ndjson(waiting, _measured(rows, most), extra)
        paths = _paths(most)
        schema = _schema(paths, extra)
        with whole_file(path) as scratch, pa.parquet.ParquetWriter(scratch, schema) as writer:
            for batch in _batches(waiting):
                flat = [_flat(row, paths, extra) for row in batch]
                writer.write_table(pa.Table.from_pylist(flat, schema=schema))
    with whole_file(path.with_suffix(".mapping.yaml")) as scratch:
        scratch.write_text(_mapping(paths, extra), encoding="utf-8")
    return counts


def _measured(rows: Iterable[Row], most: Counter[str]) -> Iterator[Row]:
    """Yield the rows as they are, and note how many entries each list of a manifest has at most."""
    for row in rows:
        for name in LISTS:
            most[name] = min(MOST_LINES, max(most[name], len(row["manifest"].get(name) or ())))
        yield row


def _paths(most: Mapping[str, int]) -> dict[str, str]:
    """Return every place of a manifest with what it holds; positions written out."""
    found: dict[str, str] = {}
    for path, kind in LEAVES.items():
        positions = range(max(1, most.get(path.partition(".")[0], 1)))
        for name in [path.replace(".N", f".{n}") for n in positions] if ".N" in path else [path]:
            found[name] = kind
    return found


def _schema(paths: dict[str, str], extra: Sequence[str]) -> pa.Schema:
    own = [(name, _TYPES.get(kind, pa.string())) for name, kind in paths.items()]
    decided = [
        (name, pa.bool_() if name == "random_selection" else pa.float64() if "probability" in name else pa.string())
        for name in BESIDE
    ]
    truth = [("screened_at", pa.string()), ("label", pa.int8()), *((name, pa.string()) for name in TRUTH)]
    return pa.schema([*own, *((f"extra.{name}", pa.string()) for name in extra), *truth, *decided])


def _flat(row: Row, paths: dict[str, str], extra: Sequence[str]) -> Row:
    manifest = row["manifest"]
    flat = {path: _cell(_at(manifest, path), kind) for path, kind in paths.items()}
    flat |= {f"extra.{name}": _cell(manifest.get("extra", {}).get(name), TEXT) for name in extra}
    flat |= {name: row[name] for name in BESIDE}
    label = None if row["label"] is None else int(row["label"])
    found = None if row["found"] is None else str(row["found"]).lower()
    told = {"finding_at": row["finding_at"], "parts": ";".join(row["parts"]) or None}
    return {**flat, "screened_at": row["screened_at"], "label": label, "found": found, **told}


def _at(node: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(node, list):
            node = node[int(step)] if int(step) < len(node) else None
        elif isinstance(node, dict):
            node = node.get(step)
        else:
            return None
    return node


def _cell(value: Any, kind: str) -> Any:
    if value is None or kind in _TYPES:
        return value
    return ";".join(value) if kind == LIST else str(value)


def _mapping(paths: dict[str, str], extra: Sequence[str]) -> str:
    apart = ("item_id", "declared_at")
    mapping = {
        "id": "item_id",
        "declared_at": "declared_at",
        "screened_at": "screened_at",
        "label": {"column": "label", "positive": ["1"], "negative": ["0"]},
        "fields": {path: path for path in paths if path not in apart},
        "extra": {"categorical": [f"extra.{name}" for name in extra]},
        # A table says that a finding was made, not when the officers knew it.
        "findings": {"known_after_days": KNOWN_AFTER_DAYS},
        "ignore": [*TRUTH, *BESIDE],
    }
    return yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True)


def _batches(path: Path) -> Iterator[list[Row]]:
    with path.open(encoding="utf-8") as file:
        while lines := list(islice(file, BATCH)):
            yield [json.loads(line) for line in lines]
