"""From one row to one labelled parcel, and the count of everything that was wrong on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from features.errors import InputError, Problem
from features.manifest import Manifest
from features.manifest_schema import parse_manifest
from training.mapping import Mapping, label_text
from training.rows import moment, number, raw_manifest

BadRows = Literal["drop", "blank", "refuse"]
EXAMPLES = 3


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


class RowReader:
    """Reads rows one by one and reports into `report`."""

    def __init__(self, mapping: Mapping | None, bad_rows: BadRows, report: RowReport) -> None:
        self.mapping = mapping
        self.bad_rows = bad_rows
        self.report = report

    def record(self, place: int, row: Any) -> Record | None:
        """Return the parcel of a row; None where the row is dropped."""
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
                group=str(known["group"]) if known.get("group") else None,
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
            group="|".join(str(row.get(name)) for name in mapping.groups) if mapping.groups else None,
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
