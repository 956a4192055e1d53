"""From one row of a file to one labelled parcel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from features.codes import hs_digits
from features.errors import InputError, Problem
from features.manifest import Manifest
from features.manifest_schema import parse_manifest
from features.tabular import MOST_NUMBER
from training.mapping_types import TableMapping, label_text
from training.records import Record, RowReport
from training.rows import moment, number, raw_manifest, says_nothing

BadRows = Literal["drop", "blank", "refuse"]
BEYOND = frozenset({"out_of_range", "too_long"})
"""What a request must not hold, though a customs table may: a shipment of 200 t is real. Such a cell is left blank, and
the row is kept and counted."""
TRUE, FALSE = frozenset({1, "1"}), frozenset({0, "0"})
"""In Python true equals 1."""


class RowReader:
    """Reads rows one by one and reports into `report`."""

    def __init__(self, mapping: TableMapping | None, bad_rows: BadRows, report: RowReport) -> None:
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
        if record is None or (self.bad_rows != "blank" and not _all_beyond(problems)):
            self.report.dropped += 1
            return None
        self.report.blanked += bool(problems)
        if self.mapping:
            self._impossible_codes(place, record.manifest)
        return record

    def _impossible_codes(self, place: int, manifest: Manifest) -> None:
        """Report goods codes that cannot be: a shifted column, or a zero lost in a spreadsheet.

        The row stays as it is, for an invented code is an indicator.
        """
        for line, item in enumerate(manifest.items):
            if item.hs_code and hs_digits(item.hs_code) is None:
                cause = f"{item.hs_code[:40]!r} is no HS code; kept as declared, and an indicator says so"
                self.report.add(place, Problem(f"items[{line}].hs_code", "not_hs_code", cause))

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
                label=_plain_label(known.get("label")),
                group=str(known["group"]) if known.get("group") else None,
                found=_plain_label(known.get("found")),
                found_at=moment(known["finding_at"]) if known.get("finding_at") else None,
                parts=tuple(known.get("parts") or ()),
            )
        except ValueError as error:
            return None, [*problems, Problem("screened_at, finding_at, label, found", "wrong_value", str(error))]
        return record, problems

    def _mapped(self, place: int, row: Any) -> tuple[Record | None, list[Problem]]:
        assert self.mapping is not None  # noqa: S101 - chosen by the caller
        if not isinstance(row, dict):
            return None, [Problem("", "row_form", "not an object of columns")]
        mapping = self.mapping
        raw, problems = raw_manifest(row, mapping)
        problems += self._numbers(row, mapping, raw["extra"])
        manifest, more = self._manifest(raw)
        if manifest is None:
            return None, [*problems, *more]
        at, when = self._when(row, manifest)
        label, unnamed = self._label(row)
        known = timedelta(days=mapping.finding_days) if mapping.finding_days is not None else None
        record = Record(
            manifest=manifest,
            at=at,
            label=label,
            group="|".join(str(row.get(name)) for name in mapping.groups) if mapping.groups else None,
            found=label if known is not None else None,
            found_at=at + known if at is not None and known is not None and label is not None else None,
        )
        return record, [*problems, *more, *when, *unnamed]

    def _numbers(self, row: dict[str, Any], mapping: TableMapping, extra: dict[str, Any]) -> list[Problem]:
        problems = []
        for name in mapping.numeric:
            try:
                extra[name] = number(row.get(name), mapping.forms)
            except ValueError:
                extra[name] = None
                cause = f"{str(row.get(name))[:40]!r}; expected a number"
                problems.append(Problem(f"extra.{name}", "not_number", cause))
                continue
            if (read := extra[name]) is not None and not abs(read) <= MOST_NUMBER:
                extra[name] = None
                cause = f"{read:g} lies not between {-MOST_NUMBER:g} and {MOST_NUMBER:g}"
                problems.append(Problem(f"extra.{name}", "out_of_range", cause))
        return problems

    def _when(self, row: dict[str, Any], manifest: Manifest) -> tuple[datetime | None, list[Problem]]:
        mapping = self.mapping
        if mapping is None or mapping.screened_at is None or says_nothing(row.get(mapping.screened_at), mapping.forms):
            return manifest.declared_at, []
        try:
            return moment(row[mapping.screened_at], mapping.forms), []
        except ValueError:
            text = repr(row[mapping.screened_at])[:40]
            return manifest.declared_at, [Problem("screened_at", "not_time", f"{text}; {mapping.forms.hint()}")]

    def _label(self, row: dict[str, Any]) -> tuple[bool | None, list[Problem]]:
        mapping = self.mapping
        if mapping is None or mapping.label is None or says_nothing(row.get(mapping.label.column), mapping.forms):
            return None, []
        value = label_text(row[mapping.label.column])
        self.report.labelled(value)
        if value in mapping.label.positive:
            return True, []
        if mapping.label.negative is None or value in mapping.label.negative:
            return False, []
        return None, [Problem("label", "label_unnamed", f"{value[:40]!r} stands neither under positive nor negative.")]

    def _manifest(self, raw: Any) -> tuple[Manifest | None, list[Problem]]:
        try:
            return parse_manifest(raw), []
        except InputError as error:
            mendable = self.bad_rows == "blank" or _all_beyond(error.problems)
            if not mendable or not isinstance(raw, dict):
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


def _all_beyond(problems: Iterable[Problem]) -> bool:
    return all(problem.code in BEYOND for problem in problems)


def _plain_label(value: Any) -> bool | None:
    """Read a label or finding of an NDJSON line.

    Raises:
        ValueError: It is none of true, false, 1, 0 and null; "no" must not count as true.
    """
    if value is None:
        return None
    if isinstance(value, bool | int | str) and value in TRUE | FALSE:
        return value in TRUE
    raise ValueError(f"{str(value)[:40]!r} is none of true, false, 1, 0")
