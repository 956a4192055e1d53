"""Stored evidence in columns: files of others are read as far as they fit, and refused with all their faults."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.errors import InputError
from sop.bulk.columns import (
    NEEDED,
    SCHEMA,
    from_ndjson,
    from_pages,
    from_stored,
    read_parquet,
    to_stored,
    write_parquet,
)
from sop.evidence_json import Stored, to_json
from sop.types import Evidence

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
PARCEL = Evidence(item_id="a", stage="station", station="hull", risk=0.5, parts={"slide": 0.7}, hs_codes=("93", "61"))
STORED = Stored(evidence=PARCEL, at=AT, draw=0.25, tie_draw=0.75, policy="0" * 64)


def written(path: Path, **columns: Any) -> Path:
    """A file as others write it: some columns in types of their own."""
    whole = {"item_id": ["a", "b"], "stage": ["station", "station"], "at": [AT, AT], **columns}
    pq.write_table(pa.table(whole), path)
    return path


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    table = from_stored([STORED, Stored(evidence=Evidence(item_id="b", stage="pre_arrival"), at=AT, draw=0.0,
                                        tie_draw=0.0, policy="")])  # fmt: skip
    write_parquet(table, tmp_path / "parcels.parquet")
    read = read_parquet(tmp_path / "parcels.parquet")
    assert [to_stored(read, row) for row in range(2)] == [to_stored(table, row) for row in range(2)]
    assert to_stored(read, 0) == STORED
    assert [one.name for one in tmp_path.iterdir()] == ["parcels.parquet"]


def test_a_file_of_others_may_lack_columns_and_have_more(tmp_path: Path) -> None:
    path = written(
        tmp_path / "theirs.parquet",
        risk=pa.array([1, 0], pa.int32()),
        parts=[{"slide": 0.5, "wheel": 1.0}, None],
        found=["illicit", None],
        at=pa.array([AT, AT], pa.timestamp("ms", "UTC")),
        hs_codes=pa.array([["93"], None], pa.large_list(pa.large_string())),
    )
    table = read_parquet(path, ["found"])
    assert table.column_names == [*SCHEMA.names, "found"]
    assert table.column("found").to_pylist() == ["illicit", None]
    first, second = to_stored(table, 0), to_stored(table, 1)
    assert first.evidence == Evidence(item_id="a", stage="station", risk=1.0, parts={"slide": 0.5}, hs_codes=("93",))
    assert second.evidence == Evidence(item_id="b", stage="station", risk=0.0)
    assert (first.draw, first.policy, first.at) == (1.0, "", AT)


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path / "odd.parquet", risk=["high", "low"], parts=[1.0, 2.0], at=["today", "now"],
                   policy=[AT.replace(tzinfo=None)] * 2)  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_parquet(path)
    assert [one.path for one in caught.value.problems] == ["risk", "parts", "at", "policy"]
    assert "odd.parquet" in caught.value.message


def test_values_that_cannot_be_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "odd.parquet", stage=["station", None], missing=[["image_unreadable", "sleep"], None])
    with pytest.raises(InputError) as caught:
        read_parquet(path)
    texts = {one.path: one.message for one in caught.value.problems}
    assert texts["stage"] == "1 row has nothing here."
    assert texts["missing"].startswith("Unknown missing evidence: sleep.")


def test_a_stage_that_is_none_and_a_score_beyond_its_range_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "odd.parquet", stage=["moon", "station"], risk=[7.0, None], draw=[0.5, -0.1],
                   xray_assessment=["alarm", "maybe"])  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_parquet(path)
    texts = {one.path: one.message for one in caught.value.problems}
    assert texts == {
        "stage": "Unknown stage: moon. Known: pre_arrival, station.",
        "xray_assessment": "Unknown assessment: maybe. Known: alarm, clear, unknown.",
        "risk": "1 row is outside of 0 to 1.",
        "draw": "1 row is outside of 0 to 1.",
    }


def test_columns_that_are_needed_and_not_there_are_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"item_id": ["a"]}), tmp_path / "few.parquet")
    with pytest.raises(InputError) as caught:
        read_parquet(tmp_path / "few.parquet", ["found"])
    assert [one.path for one in caught.value.problems] == ["stage", "at", "found"]


@pytest.mark.parametrize("content", [None, b"", b"no Parquet"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "parcels.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"parcels\.parquet cannot be read as Parquet"):
        read_parquet(path)


def test_nothing_is_half_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_parquet(SCHEMA.empty_table(), tmp_path / "nowhere" / "parcels.parquet")
    assert list(tmp_path.iterdir()) == []


def test_lines_are_read_in_their_order_and_unknown_fields_left_alone() -> None:
    lines = [to_json(STORED), to_json(STORED).replace('"a"', '"b"').replace("{", '{"later": [1], ', 1), ""]
    table = from_ndjson("\n".join(lines).encode())
    assert table.column("item_id").to_pylist() == ["a", "b"]
    assert to_stored(table, 0) == STORED
    assert from_ndjson(b"").num_rows == 0


@pytest.mark.parametrize("line", [b"{", b'{"item_id": "a"}', b'{"item_id": "a", "stage": "x", "at": 7}', b"[]"])
def test_a_line_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(InputError):
        from_ndjson(to_json(STORED).encode() + b"\n" + line)


def test_pages_are_read_ahead_in_their_order_and_a_bad_one_is_told() -> None:
    good = [to_json(STORED).replace('"a"', f'"{number}"').encode() for number in range(4)]
    assert [table.column("item_id").to_pylist() for table in from_pages(iter(good))] == [["0"], ["1"], ["2"], ["3"]]
    assert list(from_pages([])) == []
    with pytest.raises(InputError):
        list(from_pages([good[0], b"{"]))


def test_every_column_is_documented_with_its_type() -> None:
    page = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text(encoding="utf-8")
    for field in SCHEMA:
        inner = field.type.value_type if pa.types.is_list(field.type) else field.type
        plain = "struct" if pa.types.is_struct(inner) else str(inner)
        type_ = "struct of double" if field.name == "parts" else plain
        listed = f"list of {type_}" if pa.types.is_list(field.type) else type_
        assert f"| `{field.name}` | {listed}{', needed' if field.name in NEEDED else ''} |" in page
