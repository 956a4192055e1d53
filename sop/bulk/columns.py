"""Stored evidence in columns: the schema of Parquet files, and how they and lines of JSON are read.

One row a decision, the fields of `sop.evidence_json` by the same names; null where nothing is known. Further columns
of a file are left alone and can be asked for by name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
import pyarrow.parquet as pq

from features.errors import InputError, Problem
from models.results import PARTS, Assessment
from sop.ahead import one_ahead
from sop.evidence_json import SCORES, SEQUENCES, SETS, WORDS, Stored, from_record, to_json
from sop.types import LANES, MISSING_KEYS, STAGES

TEXTS = pa.list_(pa.string())
CUT = pa.struct(
    {
        "stage": pa.string(),
        "lane": pa.string(),
        "moves": pa.string(),
        "rank": pa.float64(),
        "tie": pa.float64(),
        "share": pa.float64(),
        "parcels": pa.int64(),
    }
)
SCHEMA = pa.schema(
    {
        **dict.fromkeys(WORDS, pa.string()),
        **dict.fromkeys(SCORES, pa.float64()),
        **dict.fromkeys((*SEQUENCES, *SETS), TEXTS),
        "parts": pa.struct(dict.fromkeys(PARTS, pa.float64())),
        "finding_history": pa.int64(),
        "at": pa.timestamp("us", "UTC"),
        "draw": pa.float64(),
        "tie_draw": pa.float64(),
        "cuts": pa.list_(CUT),
        "policy": pa.string(),
    }
)
"""Scores, draws, ranks and shares from 0 to 1; `at` in UTC; `policy` the digest of the package that decided."""

BLOCK = 1 << 22
"""Bytes of JSON that one thread takes at a time; no line may be longer."""

UNDRAWN = 1.0
DRAWS = ("draw", "tie_draw")
ASSESSMENTS: tuple[str, ...] = get_args(Assessment)
NEEDED = ("item_id", "stage", "at")
"""Columns without which nothing can be decided; every other one may be absent, which reads as null."""


def from_ndjson(lines: bytes) -> pa.Table:
    """Read stored evidence, one JSON object a line, as `sop.evidence_json.to_json` writes it.

    Returns:
        A table of SCHEMA, in the order of the lines.

    Raises:
        InputError: A line is no JSON, or a field holds something else than it should.
    """
    if not lines.strip():
        return SCHEMA.empty_table()
    options = pyarrow.json.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="ignore")
    reading = pyarrow.json.ReadOptions(block_size=BLOCK)
    try:
        table = pyarrow.json.read_json(io.BytesIO(lines), read_options=reading, parse_options=options)
    except pa.ArrowInvalid as error:
        raise InputError(f"Stored evidence cannot be read: {error}") from error
    # In one piece, as every piece is decided on its own.
    return checked(table.combine_chunks(), "stored evidence")


def from_pages(pages: Iterable[bytes]) -> Iterator[pa.Table]:
    """Read pages of lines as `from_ndjson` does, each while the next one is fetched.

    Returns:
        A table for each page, in their order.

    Raises:
        InputError: As `from_ndjson`.
    """
    return one_ahead(partial(from_ndjson, page) for page in pages)


def from_stored(parcels: Iterable[Stored]) -> pa.Table:
    """Return stored parcels as a table of SCHEMA, in their order."""
    return from_ndjson("\n".join(map(to_json, parcels)).encode())


def to_stored(table: pa.Table, row: int) -> Stored:
    """Return one row as `sop.engine.decide` and `sop.evidence_json.decide_again` take it.

    A parcel without draws counts as one that chance does not select.

    Raises:
        IndexError: There is no such row.
    """
    record = table.slice(row, 1).select([name for name in SCHEMA.names if name in table.column_names]).to_pylist()[0]
    return from_record({**record, **{name: UNDRAWN for name in DRAWS if record.get(name) is None},
                        "policy": record.get("policy") or ""})  # fmt: skip


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table to a file, which is whole or not there.

    Raises:
        InputError: The file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        pq.write_table(table, part, compression="zstd")
        part.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def read_parquet(path: Path, more: Sequence[str] = ()) -> pa.Table:
    """Read a file of stored evidence, and the columns named in `more` besides.

    Returns:
        A table with every column of SCHEMA, null where the file has none, plain text as dictionaries; in the file's
        order.

    Raises:
        InputError: The file cannot be read, lacks a column that is needed or named in `more`, or holds something else
            in a column than it should; all problems are listed.
    """
    try:
        leaves = pq.read_metadata(path).schema
        names = {leaf.path.split(".")[0] for leaf in leaves}
        if missing := [name for name in (*NEEDED, *more) if name not in names]:
            problems = [Problem(name, "column_missing", "This column is missing.") for name in missing]
            raise InputError(f"{path} is no file of stored evidence: columns are missing.", problems)
        with pq.ParquetFile(path, read_dictionary=_texts(leaves)) as file:
            table = file.read(columns=[*(name for name in SCHEMA.names if name in names), *more])
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path} cannot be read as Parquet: {error}") from error
    return checked(table, path.name, more)


def _texts(leaves: pq.ParquetSchema) -> list[str]:
    """Return the columns of text that have few different values.

    Text within lists is not among them: Arrow cannot read it as dictionaries from more than one group of rows.
    """
    texts = {*WORDS, "policy"} - {"item_id"}
    return [one.path for one in leaves if one.physical_type == "BYTE_ARRAY" and one.path in texts]


def checked(table: pa.Table, name: str, more: Sequence[str] = ()) -> pa.Table:
    """Return a table with every column of SCHEMA in its type (plain text may be dictionaries) and those of `more`.

    Raises:
        InputError: A column holds something else than it should; all such columns are listed.
    """
    problems: list[Problem] = []
    columns = {field.name: _column(table, field, problems) for field in SCHEMA}
    if not problems:
        problems += _unfit(columns)
    if problems:
        raise InputError(f"{name} is no stored evidence: {len(problems)} columns do not fit.", problems)
    return pa.table({**columns, **{one: table.column(one) for one in more}})


def _column(table: pa.Table, field: pa.Field, problems: list[Problem]) -> Any:
    if field.name not in table.column_names:
        return pa.nulls(table.num_rows, field.type)
    found = table.column(field.name)
    if pa.types.is_timestamp(found.type) and found.type.tz is None:
        problems.append(Problem(field.name, "column_type", "These moments have no time zone; write them in UTC."))
        return found
    if found.type == field.type or _is_dictionary_of(found.type, field.type):
        return found
    try:
        return _parts(found) if field.name == "parts" else found.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        message = f"Here stands {found.type}, but this needs {field.type}."
        problems.append(Problem(field.name, "column_type", message))
        return found


def _is_dictionary_of(found: pa.DataType, wanted: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(found) and found.value_type == wanted)


def _parts(found: pa.ChunkedArray) -> pa.Array:
    """Return scores of parts of which some are not among the file's columns."""
    if not pa.types.is_struct(found.type):
        raise pa.ArrowTypeError("no scores of parts")
    flat = found.combine_chunks()
    known = {flat.type.field(index).name: flat.field(index) for index in range(flat.type.num_fields)}
    empty = pa.nulls(len(flat), pa.float64())
    return pa.StructArray.from_arrays(
        [known[part].cast(pa.float64()) if part in known else empty for part in PARTS], PARTS, mask=flat.is_null()
    )


def _unfit(columns: dict[str, Any]) -> list[Problem]:
    """Return what is there in the right type and yet cannot be: nothing where something must stand, unknown names."""
    empty = {name: columns[name].null_count for name in NEEDED if columns[name].null_count}
    problems = [
        Problem(name, "value_empty", f"{count:,} {'row has' if count == 1 else 'rows have'} nothing here.")
        for name, count in empty.items()
    ]
    lanes = pc.struct_field(pc.list_flatten(columns["cuts"]), "lane")
    problems += _unknown("stage", "stage", pc.drop_null(columns["stage"]), STAGES)
    problems += _unknown("xray_assessment", "assessment", pc.drop_null(columns["xray_assessment"]), ASSESSMENTS)
    problems += _unknown("missing", "missing evidence", pc.list_flatten(columns["missing"]), MISSING_KEYS)
    problems += _unknown("cuts", "lane", lanes, LANES)
    return problems + [one for name in (*SCORES, *DRAWS) for one in _beyond(name, columns[name])]


def _beyond(name: str, found: Any) -> list[Problem]:
    outside = pc.sum(pc.or_(pc.less(found, 0.0), pc.greater(found, 1.0))).as_py() or 0
    message = f"{outside:,} {'row is' if outside == 1 else 'rows are'} outside of 0 to 1."
    return [Problem(name, "number_range", message)] if outside else []


def _unknown(name: str, what: str, found: Any, words: Sequence[str]) -> list[Problem]:
    unknown = sorted({str(one) for one in pc.unique(found).to_pylist()} - set(words))
    message = f"Unknown {what}: {', '.join(unknown)}. Known: {', '.join(words)}."
    return [Problem(name, "value_unknown", message)] if unknown else []
