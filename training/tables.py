"""Rows of a table file, one after another: CSV (comma, semicolon or tab), Parquet, NDJSON."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from features.errors import InputError, Problem
from features.strict_json import load_json

NDJSON, CSV, PARQUET = (".ndjson", ".jsonl"), (".csv", ".tsv"), (".parquet", ".pq")
FORMS = (*CSV, *PARQUET, *NDJSON)
SEPARATORS = ",;\t"
BATCH = 4096
PIECE = 1 << 20
LONGEST_CELL = 1 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of a file: their SHA-256, and how many rows they hold at most (line ends within cells count too)."""

    sha256: str
    rows: int


def header_of(path: Path) -> list[str] | None:
    """Return the column names of a table; None for NDJSON, whose lines name their own.

    Raises:
        InputError: The file cannot be read, has a suffix that names no known form, or a column stands twice.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        raise InputError(f"{path}: the suffix names no known form; use {', '.join(FORMS)}.")
    try:
        if suffix in NDJSON:
            path.open("rb").close()
            return None
        names = list(pa.parquet.read_schema(path).names) if suffix in PARQUET else _csv_header(path)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error
    _check_names(path, names)
    return names


def rows_of(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line or row number, row) of a file; a row that cannot be taken apart comes as an InputError.

    Raises:
        InputError: The file cannot be read.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in NDJSON:
            yield from _json_lines(path)
        elif suffix in CSV:
            yield from _csv_rows(path)
        else:
            yield from enumerate(_parquet_rows(path), start=1)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def contents_of(path: Path) -> Contents:
    """Read a file once for its digest and its number of rows, for the card and for the time left.

    Raises:
        InputError: The file cannot be read.
    """
    digest, lines = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                lines += piece.count(b"\n")
        if path.suffix.lower() in PARQUET:
            lines = pa.parquet.ParquetFile(path).metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error
    return Contents(digest.hexdigest(), max(lines - (path.suffix.lower() in CSV), 1))


def _csv_header(path: Path) -> list[str]:
    return next((cells for _, cells in _csv_cells(path) if isinstance(cells, list)), [])


def _csv_rows(path: Path) -> Iterator[tuple[int, Any]]:
    cells = _csv_cells(path)
    _, header = next(cells, (1, []))
    for place, row in cells:
        if isinstance(row, InputError):
            yield place, row
        elif len(row) == len(header):
            yield place, {name: cell or None for name, cell in zip(header, row, strict=True)}
        elif row:
            cause = f"{len(row)} cells, but the header names {len(header)} columns; quote cells that hold a separator"
            yield place, InputError("", [Problem("", "row_form", cause)])


def _csv_cells(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (number of the line where the row begins, cells); text alone, because 010121 is a code and no number."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        # utf-8-sig: spreadsheets write a byte-order mark before the first column's name.
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = _separator(file.readline())
            file.seek(0)
            reader = csv.reader(file, delimiter=separator)
            yield from _numbered(reader)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 (byte {error.object[error.start]:#04x}); save the table again as CSV in UTF-8."
        ) from error
    finally:
        csv.field_size_limit(before)


def _numbered(reader: Any) -> Iterator[tuple[int, Any]]:
    place = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row = InputError("", [Problem("", "row_form", f"cannot be taken apart into cells: {error}")])
        yield place, row
        place = reader.line_num + 1


def _separator(line: str) -> str:
    """Return the separator of a header line: the one that stands most often outside quotes, the comma first."""
    bare = "".join(line.split('"')[::2])
    return max(SEPARATORS, key=bare.count)


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    with pa.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH):
            yield from batch.to_pylist()


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as lines:
        for place, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield place, load_json(line)
            except InputError as error:
                yield place, error


def _check_names(path: Path, names: list[str]) -> None:
    if not names:
        raise InputError(f"{path}: the table has no header.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"{path}: columns share a name.",
            [Problem(name, "column_twice", "Stands twice in the header; rename one of them.") for name in twice],
        )


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(f"{path}: cannot be read ({' '.join(str(error).split())}).")
