"""One labelled parcel of a file, and the count of everything that was wrong with its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from features.errors import Problem
from features.manifest import Manifest

EXAMPLES = 3
LABEL_VALUES = 20
"""Different label values worth counting; a column with more is no label."""
Watch = Callable[[int, Problem], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One parcel of the past.

    Attributes:
        manifest: What was declared.
        at: When it was screened, or declared; None where the file does not say, which leaves it without history.
        label: True illicit, False harmless, None unknown.
        group: Near-duplicates share it and never lie on both sides of a split; None: a group of its own.
        found: What an officer found, None where it was not opened.
        found_at: When that became known.
        parts: Firearm parts found.
    """

    manifest: Manifest
    at: datetime | None
    label: bool | None
    group: str | None = None
    found: bool | None = None
    found_at: datetime | None = None
    parts: tuple[str, ...] = ()


@dataclass(slots=True)
class RowReport:
    """What was wrong with rows: how often, with the first examples.

    Attributes:
        read: Rows read.
        dropped: Rows left out.
        blanked: Rows kept with the cells at fault left blank.
        counts: Problems by (path, code).
        examples: The first of each, in words.
        warnings: What the reader should know that is no problem of a row.
        labels: How often each label value was met.
        watch: Told every single problem with its row.
    """

    read: int = 0
    dropped: int = 0
    blanked: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    labels: Counter[str] = field(default_factory=Counter)
    watch: Watch = lambda row, problem: None

    def add(self, row: int, problem: Problem) -> None:
        """Count one problem of one row."""
        key = (problem.path, problem.code)
        self.counts[key] += 1
        if len(shown := self.examples.setdefault(key, [])) < EXAMPLES:
            shown.append(f"row {row}: {problem.message}")
        self.watch(row, problem)

    def labelled(self, value: str) -> None:
        """Count one label value."""
        if value in self.labels or len(self.labels) < LABEL_VALUES:
            self.labels[value] += 1

    def problems(self) -> list[Problem]:
        """Return one problem for each kind, the most frequent first."""
        return [
            Problem(path, code, f"{count} {'row' if count == 1 else 'rows'}; {'; '.join(self.examples[path, code])}")
            for (path, code), count in self.counts.most_common()
        ]

    def fate(self) -> str:
        """Return in one sentence what became of bad rows."""
        kept = f", {self.blanked} kept with the cells at fault left blank" if self.blanked else ""
        return f"{self.dropped} of {self.read} rows dropped{kept}."
