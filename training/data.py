"""Labelled parcels from a file: NDJSON of manifests, or any table with a mapping."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from features.errors import InputError, Problem
from features.manifest import Manifest
from features.manifest_schema import parse_manifest
from features.strict_json import load_json
from training.mapping import Mapping, check_header, identity_mapping, label_text
from training.rows import DEFAULT_CURRENCY, moment, number, raw_manifest

BadRows = Literal["drop", "blank", "refuse"]
NDJSON, CSV, PARQUET = (".ndjson", ".jsonl"), (".csv",), (".parquet", ".pq")
EXAMPLES = 3
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One parcel of the past.

    Attributes:
        manifest: What was declared.
        at: When it was screened, or declared; None where the file does not say, which leaves it without history.
        label: True illicit, False harmless, None unknown.
        group: Near-duplicates share it and never lie on both sides of a split.
        found: What an officer found, None where it was not opened.
        found_at: When that became known.
        parts: Firearm parts found.
    """

    manifest: Manifest
    at: datetime | None
    label: bool | None
    group: str
    found: bool | None = None
    found_at: datetime | None = None
    parts: tuple[str, ...] = ()


@dataclass(slots=True)
class RowReport:
    """What was wrong with rows: how often, with the first examples, and how many rows were dropped."""

    read: int = 0
    dropped: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add(self, row: int, problem: Problem) -> None:
        """Count one problem of one row."""
        key = (problem.path, problem.code)
        self.counts[key] += 1
        if len(shown := self.examples.setdefault(key, [])) < EXAMPLES:
            shown.append(f"row {row}: {problem.message}")

    def problems(self) -> list[Problem]:
        """Return one problem for each kind, the most frequent first."""
        return [
            Problem(path, code, f"{count} {'row' if count == 1 else 'rows'}; {'; '.join(self.examples[path, code])}")
            for (path, code), count in self.counts.most_common()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All parcels of a file, in its order."""

    name: str
    sha256: str
    records: tuple[Record, ...]
    report: RowReport
    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()


def load_table(
    path: Path, mapping: Mapping | None = None, *, bad_rows: BadRows = "drop", progress: Progress = lambda _: None
) -> Table:
    """Read a file of parcels.

    Args:
        path: CSV, Parquet or NDJSON. Without a mapping, a line of NDJSON is a manifest or an object with `manifest`
            (as `synth manifests` writes), and the columns of a table are named by manifest paths.
        mapping: How columns become manifests.
        bad_rows: What to do with a row that cannot be read: drop it, blank the fields at fault (and drop it only where
            that does not help), or refuse the file.
        progress: Called after each row with the number of rows read.

    Raises:
        InputError: The file cannot be read, does not fit the mapping, or `bad_rows` is refuse and a row is bad.
    """
    report = RowReport()
    records: list[Record] = []
    header = _header(path) if path.suffix.lower() not in NDJSON else None
    if header is not None:
        mapping = mapping or identity_mapping(header, path.name)
        check_header(mapping, header)
    reader = _RowReader(mapping, bad_rows, report)
    for place, row in read_rows(path):
        report.read += 1
        if (record := reader.record(place, row)) is not None:
            records.append(record)
        progress(report.read)
    if bad_rows == "refuse" and report.counts:
        raise InputError(f"{path}: rows cannot be read; mend them, or allow --bad-rows drop.", report.problems())
    if not records:
        raise InputError(f"{path}: no row could be read.", report.problems())
    if mapping and _without_currency(mapping):
        report.warnings.append(f"No currency is mapped: amounts are read as {DEFAULT_CURRENCY}.")
    return Table(
        name=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        records=tuple(records),
        report=report,
        numeric=mapping.numeric if mapping else (),
        categorical=mapping.categorical if mapping else (),
    )


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line or row number, row) of a file; a row of NDJSON that is not JSON comes as an InputError.

    Raises:
        InputError: The file cannot be read or has a suffix that names no known form.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in NDJSON:
            yield from _json_lines(path)
        elif suffix in CSV:
            yield from enumerate(_csv_rows(path), start=2)
        elif suffix in PARQUET:
            yield from enumerate(_parquet_rows(path), start=1)
        else:
            raise InputError(f"{path}: the suffix names no known form; use {', '.join((*CSV, *PARQUET, *NDJSON))}.")
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read ({' '.join(str(error).split())}).") from error


def _header(path: Path) -> list[str] | None:
    try:
        if path.suffix.lower() in CSV:
            with pa.csv.open_csv(path, convert_options=_as_text([])) as reader:
                return list(reader.schema.names)
        if path.suffix.lower() in PARQUET:
            return list(pa.parquet.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read ({' '.join(str(error).split())}).") from error
    return None


def _as_text(names: list[str]) -> Any:
    # All as text: a reader that guesses types turns the code 010121 into the number 10121.
    return pa.csv.ConvertOptions(
        column_types={name: pa.string() for name in names}, strings_can_be_null=True, null_values=[""]
    )


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    with pa.csv.open_csv(path, convert_options=_as_text(_header(path) or [])) as reader:
        for batch in reader:
            yield from batch.to_pylist()


def _parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    for batch in pa.parquet.ParquetFile(path).iter_batches():
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


def _without_currency(mapping: Mapping) -> bool:
    paths = {column.path for column in mapping.columns} | {path for path, _, _ in mapping.constants}
    amounts = [path for path in paths if path.endswith(".amount")]
    return any(f"{path.removesuffix('amount')}currency" not in paths for path in amounts)


class _RowReader:
    def __init__(self, mapping: Mapping | None, bad_rows: BadRows, report: RowReport) -> None:
        self.mapping = mapping
        self.bad_rows = bad_rows
        self.report = report

    def record(self, place: int, row: Any) -> Record | None:
        problems = list(row.problems) if isinstance(row, InputError) else []
        record = None
        if not problems:
            record, problems = self._mapped(place, row) if self.mapping else self._plain(place, row)
        for problem in problems:
            self.report.add(place, problem)
        if record is None or (problems and self.bad_rows != "blank"):
            self.report.dropped += 1
            return None
        return record

    def _plain(self, place: int, row: Any) -> tuple[Record | None, list[Problem]]:
        wrapped = isinstance(row, dict) and "manifest" in row
        manifest, problems = self._manifest(row["manifest"] if wrapped else row)
        if manifest is None:
            return None, problems
        known = row if wrapped else {}
        try:
            record = Record(
                manifest=manifest,
                at=moment(known["screened_at"]) if known.get("screened_at") else manifest.declared_at,
                label=None if known.get("label") is None else bool(known["label"]),
                group=str(known.get("group") or f"row-{place}"),
                found=known.get("found"),
                found_at=moment(known["finding_at"]) if known.get("finding_at") else None,
                parts=tuple(known.get("parts") or ()),
            )
        except ValueError as error:
            return None, [*problems, Problem("screened_at, finding_at", "not_time", str(error))]
        return record, problems

    def _mapped(self, place: int, row: Any) -> tuple[Record | None, list[Problem]]:
        assert self.mapping is not None  # noqa: S101 - chosen by the caller
        if not isinstance(row, dict):
            return None, [Problem("", "row_form", "not an object of columns")]
        mapping = self.mapping
        raw, problems = raw_manifest(row, mapping)
        for name in mapping.numeric:
            try:
                raw["extra"][name] = number(row.get(name))
            except ValueError:
                raw["extra"][name] = None
                problems.append(Problem(f"extra.{name}", "not_number", repr(row.get(name))[:40]))
        manifest, more = self._manifest(raw)
        if manifest is None:
            return None, [*problems, *more]
        at, when = self._when(row, manifest)
        label = self._label(row)
        known = timedelta(days=mapping.finding_days) if mapping.finding_days is not None else None
        return Record(
            manifest=manifest,
            at=at,
            label=label,
            group="|".join(str(row.get(name)) for name in mapping.groups) if mapping.groups else f"row-{place}",
            found=label if known is not None else None,
            found_at=at + known if at is not None and known is not None else None,
        ), [*problems, *more, *when]

    def _when(self, row: dict[str, Any], manifest: Manifest) -> tuple[datetime | None, list[Problem]]:
        column = self.mapping.screened_at if self.mapping else None
        if column is None or row.get(column) is None:
            return manifest.declared_at, []
        try:
            return moment(row[column]), []
        except ValueError:
            return manifest.declared_at, [Problem("screened_at", "not_time", repr(row[column])[:40])]

    def _label(self, row: dict[str, Any]) -> bool | None:
        if self.mapping is None or self.mapping.label is None or row.get(self.mapping.label[0]) is None:
            return None
        column, positive = self.mapping.label
        return label_text(row[column]) in positive

    def _manifest(self, raw: Any) -> tuple[Manifest | None, list[Problem]]:
        try:
            return parse_manifest(raw), []
        except InputError as error:
            if self.bad_rows != "blank" or not isinstance(raw, dict):
                return None, list(error.problems)
            for problem in error.problems:
                _remove(raw, problem.path)
            try:
                return parse_manifest(raw), list(error.problems)
            except InputError as still:
                return None, [*error.problems, *still.problems]


def _remove(raw: dict[str, Any], path: str) -> None:
    """Blank the leaf at a path such as `items[0].hs_code`, if it is there; money goes as a whole."""
    steps: list[str | int] = [
        int(step) if step.isdigit() else step for step in path.replace("]", "").replace("[", ".").split(".")
    ]
    if steps[-1] in {"amount", "currency"}:
        steps.pop()
    node: Any = raw
    for step in steps[:-1]:
        node = node[step] if _has(node, step) else None
    if isinstance(node, dict) and steps[-1] in node:
        node[steps[-1]] = None


def _has(node: Any, step: str | int) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)
