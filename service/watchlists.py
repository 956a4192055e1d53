"""Reads the operator's watch lists: CSV files `HOME/watchlists/NAME.csv` with columns kind, value, source, expires."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import get_args

from features.errors import InputError, Problem
from features.watchlist import EntryKind, WatchEntry, WatchList

FOLDER = "watchlists"
COLUMNS = ("kind", "value", "source", "expires")
KINDS: tuple[EntryKind, ...] = get_args(EntryKind)
MOST_BYTES = 32 * 1024 * 1024
"""Some 400,000 rows. A larger file is none of people to see again, and would fill the memory of every worker."""


def load_watchlists(home: Path) -> tuple[WatchList, ...]:
    """Read every list of a home; none is fine.

    Raises:
        InputError: A file cannot be read as a list; every bad row of every file is named.
    """
    problems: list[Problem] = []
    lists = tuple(_read(path, problems) for path in sorted((home / FOLDER).glob("*.csv")))
    if problems:
        raise InputError(f"{home / FOLDER}: a watch list cannot be used; mend the rows named.", problems)
    return lists


def _read(path: Path, problems: list[Problem]) -> WatchList:
    try:
        if path.stat().st_size > MOST_BYTES:
            message = f"The file is over {MOST_BYTES >> 20} MiB; that is no list of whom to see again."
            problems.append(Problem(path.name, "watchlist_too_large", message))
            return WatchList(path.stem, ())
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                problems.append(
                    Problem(f"{path.name} row 1", "watchlist_columns", f"The columns must be {', '.join(COLUMNS)}.")
                )
                return WatchList(path.stem, ())
            entries = [_entry(row, f"{path.name} row {number}", problems) for number, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(path.name, "watchlist_unreadable", f"Cannot be read as UTF-8 CSV ({error})."))
        return WatchList(path.stem, ())
    return WatchList(path.stem, tuple(entry for entry in entries if entry is not None))


def _entry(row: dict[str, str | None], place: str, problems: list[Problem]) -> WatchEntry | None:
    before = len(problems)
    kind = next((known for known in KINDS if known == (row["kind"] or "").strip()), None)
    if kind is None:
        problems.append(Problem(place, "watchlist_kind", f"kind {row['kind']!r} is unknown; use {', '.join(KINDS)}."))
    value, source = (row["value"] or "").strip(), (row["source"] or "").strip()
    if not value or not source:
        problems.append(Problem(place, "watchlist_empty", "value and source must not be empty."))
    expires = _date((row["expires"] or "").strip(), place, problems)
    if kind is None or len(problems) > before:
        return None
    return WatchEntry(kind, value, source, expires)


def _date(text: str, place: str, problems: list[Problem]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(place, "watchlist_date", f"expires {text!r} is no date; write YYYY-MM-DD or nothing."))
        return None
