"""Watch-list files: every bad row is named, none is read in part."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from features.errors import InputError
from service.watchlists import MOST_BYTES, load_watchlists


def write(home: Path, name: str, text: str) -> None:
    (home / "watchlists").mkdir(exist_ok=True)
    (home / "watchlists" / name).write_text(text, encoding="utf-8")


def test_empty_home_has_no_lists(tmp_path: Path) -> None:
    assert load_watchlists(tmp_path) == ()


def test_lists_are_named_after_their_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        "seizures.csv",
        "kind,value,source,expires\naccount_id,C-17,case 4,2027-01-31\nname,Å. Muestra,case 5,\n",
    )
    (one,) = load_watchlists(tmp_path)
    assert one.name == "seizures"
    assert [(entry.kind, entry.expires) for entry in one.entries] == [("account_id", date(2027, 1, 31)), ("name", None)]


def test_all_bad_rows_of_all_files_are_named(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "kind,value,source,expires\nnickname,x,s,\nname,,s,\nname,x,s,31.1.2027\n")
    write(tmp_path, "b.csv", "kind;value\n")
    (tmp_path / "watchlists" / "c.csv").write_bytes(b"kind,value,source,expires\nname,\xff,s,\n")
    with pytest.raises(InputError) as caught:
        load_watchlists(tmp_path)
    assert [(one.path, one.code) for one in caught.value.problems] == [
        ("a.csv row 2", "watchlist_kind"),
        ("a.csv row 3", "watchlist_empty"),
        ("a.csv row 4", "watchlist_date"),
        ("b.csv row 1", "watchlist_columns"),
        ("c.csv", "watchlist_unreadable"),
    ]


def test_a_file_of_absurd_size_is_refused_in_one_sentence_and_not_read(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "kind,value,source,expires\n")
    with (tmp_path / "watchlists" / "a.csv").open("r+b") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InputError) as caught:
        load_watchlists(tmp_path)
    assert [(one.path, one.code) for one in caught.value.problems] == [("a.csv", "watchlist_too_large")]
