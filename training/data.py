"""Labelled parcels from a file: NDJSON of manifests, or any table with a mapping, read as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from features.errors import InputError
from models.site import Site
from training.mapping import identity_mapping
from training.mapping_types import TableMapping, check_header
from training.records import LABEL_VALUES, Record, RowReport, Watch
from training.row_reader import BadRows, RowReader
from training.rows import DEFAULT_CURRENCY
from training.tables import CSV, NDJSON, PARQUET, Contents, contents_of, header_of, rows_of

__all__ = ["CSV", "NDJSON", "PARQUET", "BadRows", "Record", "RowReport", "Source", "open_source"]
Progress = Callable[[int], None]


@dataclass(kw_only=True)
class Source:
    """The parcels of a file, in its order; nothing of them is kept.

    Attributes:
        path: The file.
        mapping: How columns become manifests; None for NDJSON of manifests.
        bad_rows: What to do with a row that cannot be read.
        header: The columns; None for NDJSON, whose lines name their own.
        report: What was wrong with the rows, filled anew by each reading.
        watch: Told every problem with its row, for a full list.
    """

    path: Path
    mapping: TableMapping | None
    bad_rows: BadRows
    header: tuple[str, ...] | None = None
    report: RowReport = field(default_factory=RowReport)
    watch: Watch = lambda row, problem: None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def numeric(self) -> tuple[str, ...]:
        """The site's own numeric columns."""
        return self.mapping.numeric if self.mapping else ()

    @property
    def categorical(self) -> tuple[str, ...]:
        """The site's own codes."""
        return self.mapping.categorical if self.mapping else ()

    @property
    def site(self) -> Site:
        """The site's own columns as a model uses them; those of `groups` belong to a parcel's pattern."""
        groups = self.mapping.groups if self.mapping else ()
        pattern = tuple(name for name in groups if name in {*self.numeric, *self.categorical})
        return Site(self.numeric, self.categorical, pattern)

    @cached_property
    def contents(self) -> Contents:
        """Digest and number of rows, from one pass over the bytes."""
        return contents_of(self.path)

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return self.contents.sha256

    def records(self, progress: Progress = lambda _: None, *, watched: bool = True) -> Iterator[Record]:
        """Read all parcels, one at a time.

        Args:
            progress: Called after each row with the number of rows read.
            watched: Tell `watch` of problems; False for the first of two readings.

        Raises:
            InputError: The file cannot be read, no row of it could be used, or `bad_rows` is refuse and a row is bad;
                the last two at its end, with all that was wrong.
        """
        self.report = report = RowReport(warnings=_currency_warning(self.mapping))
        if watched:
            report.watch = self.watch
        reader = RowReader(self.mapping, self.bad_rows, report)
        for place, row in rows_of(self.path):
            report.read += 1
            self._check_names(place, row)
            if (record := reader.record(place, row)) is not None:
                yield record
            progress(report.read)
        self._conclude(report)

    def _check_names(self, place: int, row: Any) -> None:
        """Check the columns of a line that names its own; a header was checked before."""
        if self.mapping is not None and self.header is None and isinstance(row, dict):
            forgotten = [name for name in row if name not in self.named]
            if forgotten:
                check_header(self.mapping, [*self.named, *forgotten], f" in line {place}")

    @cached_property
    def named(self) -> frozenset[str]:
        """The columns that the mapping names."""
        return self.mapping.named() if self.mapping else frozenset()

    def _conclude(self, report: RowReport) -> None:
        report.warnings += _label_warnings(self.mapping, report)
        if self.bad_rows == "refuse" and report.counts:
            message = f"{self.path}: rows cannot be read; mend them, or allow --bad-rows drop."
            raise InputError(message, report.problems())
        if report.read == report.dropped:
            raise InputError(f"{self.path}: no row could be read.", report.problems())


def open_source(path: Path, mapping: TableMapping | None = None, *, bad_rows: BadRows = "drop") -> Source:
    """Open a file of parcels; its header is checked, nothing else is read.

    Args:
        path: CSV, Parquet or NDJSON. Without a mapping, a line of NDJSON is a manifest or an object with `manifest`
            (as `synth manifests` writes), and the columns of a table are named by manifest paths.
        mapping: How columns become manifests.
        bad_rows: What to do with a row that cannot be read: drop it, blank the fields at fault (and drop it only where
            that does not help), or refuse the file.

    Raises:
        InputError: The file cannot be read or does not fit the mapping.
    """
    header = header_of(path)
    if header is not None:
        mapping = mapping or identity_mapping(header, path.name)
        check_header(mapping, header)
    return Source(path=path, mapping=mapping, bad_rows=bad_rows, header=None if header is None else tuple(header))


def _currency_warning(mapping: TableMapping | None) -> list[str]:
    without = mapping is not None and _without_currency(mapping)
    return [f"No currency is mapped: amounts are read as {DEFAULT_CURRENCY}."] if without else []


def _label_warnings(mapping: TableMapping | None, report: RowReport) -> list[str]:
    """Say which label values were taken for harmless without being named, and which named ones never came."""
    if mapping is None or mapping.label is None or not report.labels:
        return []
    label, warnings = mapping.label, []
    unnamed = {value: count for value, count in report.labels.items() if value not in label.positive}
    if label.negative is None and len(unnamed) > 1:
        shown = ", ".join(f"{value!r} ({count} rows)" for value, count in sorted(unnamed.items()))
        warnings.append(f"Labels taken as harmless: {shown}; name those that are under label.negative.")
    absent = sorted((label.positive | (label.negative or frozenset())) - report.labels.keys())
    if absent and len(report.labels) < LABEL_VALUES:
        warnings.append(f"Labels named in the mapping that stand in no row: {', '.join(map(repr, absent))}.")
    return warnings


def _without_currency(mapping: TableMapping) -> bool:
    paths = {column.path for column in mapping.columns} | {path for path, _, _ in mapping.constants}
    amounts = [path for path in paths if path.endswith(".amount")]
    return any(f"{path.removesuffix('amount')}currency" not in paths for path in amounts)
