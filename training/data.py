"""Labelled parcels from a file: NDJSON of manifests, or any table with a mapping, read as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from features.errors import InputError
from training.mapping import Mapping, check_header, identity_mapping
from training.records import BadRows, Record, RowReader, RowReport
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
        report: What was wrong with the rows, filled anew by each reading.
    """

    path: Path
    mapping: Mapping | None
    bad_rows: BadRows
    report: RowReport = field(default_factory=RowReport)

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

    @cached_property
    def contents(self) -> Contents:
        """Digest and number of rows, from one pass over the bytes."""
        return contents_of(self.path)

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return self.contents.sha256

    def records(self, progress: Progress = lambda _: None) -> Iterator[Record]:
        """Read all parcels, one at a time.

        Args:
            progress: Called after each row with the number of rows read.

        Raises:
            InputError: The file cannot be read, no row of it could be used, or `bad_rows` is refuse and a row is bad;
                the last two at its end, with all that was wrong.
        """
        self.report = report = RowReport(warnings=_warnings(self.mapping))
        reader = RowReader(self.mapping, self.bad_rows, report)
        for place, row in rows_of(self.path):
            report.read += 1
            if (record := reader.record(place, row)) is not None:
                yield record
            progress(report.read)
        if self.bad_rows == "refuse" and report.counts:
            message = f"{self.path}: rows cannot be read; mend them, or allow --bad-rows drop."
            raise InputError(message, report.problems())
        if report.read == report.dropped:
            raise InputError(f"{self.path}: no row could be read.", report.problems())


def open_source(path: Path, mapping: Mapping | None = None, *, bad_rows: BadRows = "drop") -> Source:
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
    return Source(path=path, mapping=mapping, bad_rows=bad_rows)


def _warnings(mapping: Mapping | None) -> list[str]:
    without = mapping is not None and _without_currency(mapping)
    return [f"No currency is mapped: amounts are read as {DEFAULT_CURRENCY}."] if without else []


def _without_currency(mapping: Mapping) -> bool:
    paths = {column.path for column in mapping.columns} | {path for path, _, _ in mapping.constants}
    amounts = [path for path in paths if path.endswith(".amount")]
    return any(f"{path.removesuffix('amount')}currency" not in paths for path in amounts)
