"""Small parts of the service: secrets of a home, reading ahead, logs, settings and their documentation."""

from __future__ import annotations

import io
import itertools
import json
import logging
import os
import re
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from features.errors import UsageError
from service.home import secret_of_home
from service.logs import JsonLines, Readable, chosen_format
from service.read_ahead import read_ahead
from service.routes.batch import NOW, PIECE, gathered, lines
from service.schemas import decode_cursor, encode_cursor
from service.settings import Settings, describe

ROOT = Path(__file__).parents[3]


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: secret_of_home(tmp_path / "home", "a.key"), range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 32
    files = list((tmp_path / "home").iterdir())
    assert [file.name for file in files] == ["a.key"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_damaged_secret_and_an_unusable_home_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.key").write_text("not hex")
    with pytest.raises(UsageError, match=r"a\.key"):
        secret_of_home(tmp_path, "a.key")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="writable"):
        secret_of_home(tmp_path / "file", "a.key")


@pytest.mark.parametrize("text", [b"", b"a", b"a\n", b"a\nb", b"\n\na\n\n", b"x" * 70_000 + b"\ny\n"])
def test_reading_ahead_gives_the_same_lines_as_the_stream(tmp_path: Path, text: bytes) -> None:
    expected = list(io.BytesIO(text))
    with read_ahead(io.BytesIO(text), tmp_path, 10**6) as ahead:
        found = list(iter(lambda: ahead.readline(100_000), b""))
    assert found == expected
    assert not ahead.truncated
    assert list(tmp_path.iterdir()) == []


def test_reading_ahead_stops_at_its_limit_and_tells_of_a_broken_stream(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with read_ahead(io.BytesIO(b"ab\n" * 200), tmp_path, 300) as ahead:
        assert list(iter(lambda: ahead.readline(100), b"")) == [b"ab\n"] * 100
    assert ahead.truncated
    with read_ahead(Broken(), tmp_path, 6) as ahead:
        assert ahead.readline(100) == b""
    assert ahead.failed


def test_lines_too_long_are_marked_and_do_not_shift_the_count(tmp_path: Path) -> None:
    text = b"short\n" + b"x" * 500 + b"\n\nlast"
    with read_ahead(io.BytesIO(text), tmp_path, 10_000) as ahead:
        found = [(line.number, line.data) for line in lines(ahead, 10) if line]
    assert found == [(1, b"short\n"), (2, None), (4, b"last")]


def test_it_is_told_when_the_next_line_is_not_there_yet_even_after_blank_ones(tmp_path: Path) -> None:
    reading, sending = os.pipe()
    with os.fdopen(reading, "rb", 0) as body, read_ahead(body, tmp_path, 10_000) as ahead:
        os.write(sending, b"first\n\n \n")
        found = (line and line.data for line in lines(ahead, 100))
        seen = list(itertools.takewhile(lambda data: data != b"first\n", found))
        assert set(seen) <= {None}
        assert next(found) is None  # the caller sends no more before the first line is answered
        os.close(sending)
        assert set(found) <= {None}


def test_answers_go_together_until_they_are_many_or_somebody_waits_for_them() -> None:
    most, half = "a" * PIECE, "b" * (PIECE // 2)
    answers = [NOW, half, half, "c", NOW, NOW, most, "d", "e"]
    assert list(gathered(iter(answers))) == [half + half, "c", most, "de"]


def test_cursors_come_back() -> None:
    assert [decode_cursor(encode_cursor(seq)) for seq in (1, 17, 10**15)] == [1, 17, 10**15]


def test_log_lines_are_json_or_readable_with_the_same_fields() -> None:
    record = logging.LogRecord("a", logging.ERROR, "f", 1, "told %s", ("so",), None)
    record.request_id = "r-1"
    quoted = "a declared" + " name"
    try:
        raise ValueError(quoted)
    except ValueError:
        record.exc_info = sys.exc_info()
    line = json.loads(JsonLines().format(record))
    assert (line["message"], line["level"], line["request_id"]) == ("told so", "error", "r-1")
    assert line["traceback"].endswith("ValueError")
    assert "test_parts.py" in line["traceback"]
    assert quoted not in JsonLines().format(record)
    assert quoted not in Readable().format(record)
    assert "told so  request_id=r-1" in Readable().format(record)
    assert [chosen_format(one) for one in ("json", "text", "auto")] == ["json", "text", "json"]


def test_every_setting_is_in_the_manual_with_its_default_and_meaning() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(PARCEL_SCREENING_\w+)` \| (.*?) \| (.*) \|$", manual, re.MULTILINE)
    expected = [(name, f"`{default}`" if default else "", text) for name, default, text in describe()]
    home = str(Path("~").expanduser())
    assert rows == [(name, default.replace(home, "~"), text) for name, default, text in expected]


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_BODY_BYTES", "0"), ("THREADS", "-1"), ("TRUSTED_PROXIES", "-1"), ("LOG_FORMAT", "xml"), ("THREADS", "x")],
)
def test_settings_that_cannot_be_are_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        Settings.from_environment({f"PARCEL_SCREENING_{name}": value})
    assert [problem.path for problem in refused.value.problems] == [f"PARCEL_SCREENING_{name}"]
