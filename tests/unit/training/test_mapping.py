from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml

from features.errors import InputError
from training.data import Record, RowReport, open_source
from training.mapping import load_mapping, parse_mapping
from training.mapping_types import Label, TableMapping
from training.rows import raw_manifest

EXAMPLE = """
id: Declaration ID
declared_at: Date
label: {column: Fraud, positive: [1]}
fields:
  origin_country: Country of Origin
  items.0.hs_code: HS6 Code
  items.0.value.amount: Item Price
  gross_weight_kg: Net Mass
  sender.account_id: Seller ID
  recipient.account_id: Importer ID
  carrier_id: Courier ID
extra: {categorical: [Office ID, Process Type, Tax Type], numeric: [Tax Rate]}
constants: {channel: courier, destination_country: KR}
ignore: [Critical Fraud]
groups: [HS6 Code, Country of Departure, Country of Origin, Tax Rate, Tax Type]
"""
ROW: dict[str, Any] = {
    "Declaration ID": "97", "Date": "2020-01-02", "Fraud": "1", "Country of Origin": "be", "HS6 Code": "010121",
    "Item Price": "372.50", "Net Mass": "1.5", "Seller ID": "S", "Importer ID": "I", "Courier ID": "",
    "Office ID": "30",
    "Process Type": "B", "Tax Type": "A", "Tax Rate": "8.0", "Critical Fraud": "2", "Country of Departure": "NL",
}  # fmt: skip


def mapping_of(text: str = EXAMPLE) -> TableMapping:
    return parse_mapping(yaml.safe_load(text), "m.yaml")


def write_csv(path: Path, *rows: dict[str, Any]) -> Path:
    lines = [",".join(ROW), *(",".join(str(row[name]) for name in ROW) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Table:
    records: tuple[Record, ...]
    report: RowReport


def load_table(path: Path, mapping: TableMapping | None = None, **options: Any) -> Table:
    source = open_source(path, mapping, **options)
    return Table(tuple(source.records()), source.report)


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        mapping_of(text)
    return {problem.path: problem.code for problem in caught.value.problems}


def test_the_example_of_the_contract_reads_a_row(tmp_path: Path) -> None:
    table = load_table(write_csv(tmp_path / "t.csv", ROW), mapping_of())
    record = table.records[0]
    manifest = record.manifest
    assert (manifest.item_id, manifest.origin_country, manifest.destination_country) == ("97", "BE", "KR")
    assert manifest.items[0].hs_code == "010121"
    assert manifest.gross_weight_g == 1500.0
    assert manifest.items[0].value
    assert str(manifest.items[0].value.amount) == "372.5"
    assert manifest.sender
    assert manifest.sender.account_id == "S"
    assert manifest.carrier_id is None
    assert manifest.extra == {"Office ID": "30", "Process Type": "B", "Tax Type": "A", "Tax Rate": 8.0}
    assert record.label is True
    assert record.at == datetime(2020, 1, 2, tzinfo=UTC)
    assert record.group == "010121|NL|be|8.0|A"
    assert table.report.warnings == ["No currency is mapped: amounts are read as USD."]


def test_parquet_and_ndjson_read_like_csv(tmp_path: Path) -> None:
    typed = {**ROW, "Fraud": 1, "Item Price": 372.5, "Net Mass": 1.5, "Tax Rate": 8.0, "Courier ID": None}
    pa.parquet.write_table(pa.Table.from_pylist([typed]), tmp_path / "t.parquet")
    (tmp_path / "t.ndjson").write_text(json.dumps(typed) + "\n", encoding="utf-8")
    one = load_table(write_csv(tmp_path / "t.csv", ROW), mapping_of()).records
    assert load_table(tmp_path / "t.parquet", mapping_of()).records == one
    assert load_table(tmp_path / "t.ndjson", mapping_of()).records == one


@pytest.mark.parametrize(
    ("path", "cell", "own", "value"),
    [
        ("gross_weight_t", "0.002", "gross_weight_g", 2000.0),
        ("gross_weight_lb", "2", "gross_weight_g", 907.18474),
        ("gross_weight_oz", "1", "gross_weight_g", 28.349523125),
        ("dimensions_cm.0", "30", "dimensions_mm", [300.0]),
        ("dimensions_in.0", "2", "dimensions_mm", [50.8]),
        ("gross_weight_g", "7", "gross_weight_g", 7.0),
        ("transit_countries", "US; NL", "transit_countries", ["US", "NL"]),
        ("declared_at", "2026-01-02 03:04", "declared_at", "2026-01-02T03:04:00+00:00"),
    ],
)
def test_units_lists_and_times_are_converted(path: str, cell: str, own: str, value: Any) -> None:
    kept_as_text = own in {"transit_countries", "declared_at"}
    mapping = parse_mapping({"fields": {path: "c"}}, "m")
    raw, problems = raw_manifest({"c": cell}, mapping)
    assert not problems
    assert raw[own] == (value if kept_as_text else pytest.approx(value))


def test_every_mistake_of_a_mapping_is_named_at_once() -> None:
    found = problems_of(
        "fields: {items.0.hs: A, sender.age: B, channel: [x]}\nconstants: {origin_country: NO}\nlabel: yes\n"
        "extra: {text: [C]}\ngroups: A\nfindings: {known_after_days: soon}\nfeilds: {}\n"
    )
    assert found == {
        "m.yaml: items.0.hs": "path_unknown", "m.yaml: sender.age": "path_unknown", "m.yaml: channel": "column_form",
        "m.yaml: origin_country": "constant_form", "m.yaml: label": "label_form", "m.yaml: extra": "key_unknown",
        "m.yaml: groups": "list_form", "m.yaml: findings": "findings_form", "m.yaml: feilds": "key_unknown",
    }  # fmt: skip


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("id: A\nfields: {channel: B, channel: C}\n", encoding="utf-8")
    with pytest.raises(InputError, match="'channel' stands twice in the block that begins on line 2"):
        load_mapping(tmp_path / "m.yaml")


def test_a_column_forgotten_and_a_column_missing_are_both_errors(tmp_path: Path) -> None:
    text = EXAMPLE.replace("ignore: [Critical Fraud]", "ignore: []").replace("Courier ID", "Courier")
    with pytest.raises(InputError) as caught:
        load_table(write_csv(tmp_path / "t.csv", ROW), mapping_of(text))
    assert {(problem.path, problem.code) for problem in caught.value.problems} == {
        ("Critical Fraud", "column_forgotten"), ("Courier ID", "column_forgotten"), ("Courier", "column_missing"),
    }  # fmt: skip


def test_bad_rows_are_dropped_blanked_or_refused_and_always_counted(tmp_path: Path) -> None:
    heavy, nowhere = {**ROW, "Net Mass": "much"}, {**ROW, "Country of Origin": "XQ"}
    path = write_csv(tmp_path / "t.csv", ROW, heavy, nowhere)
    dropped = load_table(path, mapping_of())
    assert len(dropped.records) == 1
    assert (dropped.report.read, dropped.report.dropped) == (3, 2)
    blanked = load_table(path, mapping_of(), bad_rows="blank")
    assert len(blanked.records) == 2
    assert blanked.records[1].manifest.gross_weight_g is None
    text = " ".join(map(str, dropped.report.problems()))
    assert "gross_weight_g: 1 row; row 3: 'much' in column 'Net Mass'" in text
    assert "row 4" in text
    with pytest.raises(InputError, match="rows cannot be read"):
        load_table(path, mapping_of(), bad_rows="refuse")


def test_an_impossible_goods_code_is_counted_and_kept(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", ROW, {**ROW, "HS6 Code": "10121"})
    table = load_table(path, mapping_of())
    assert [one.manifest.items[0].hs_code for one in table.records] == ["010121", "10121"]
    assert (table.report.dropped, table.report.blanked) == (0, 0)
    assert "items[0].hs_code: 1 row; row 3: '10121' is no HS code" in " ".join(map(str, table.report.problems()))
    with pytest.raises(InputError, match="rows cannot be read"):
        load_table(path, mapping_of(), bad_rows="refuse")


@pytest.mark.parametrize("cell", ["1e300", "-1e39", "inf"])
def test_a_number_no_parcel_has_is_left_blank_and_counted(tmp_path: Path, cell: str) -> None:
    table = load_table(write_csv(tmp_path / "t.csv", ROW, {**ROW, "Tax Rate": cell}), mapping_of())
    assert [one.manifest.extra["Tax Rate"] for one in table.records] == [8.0, None]
    assert (table.report.dropped, table.report.blanked) == (0, 1)
    assert "extra.Tax Rate: 1 row; row 3" in " ".join(map(str, table.report.problems()))


def test_ndjson_of_manifests_needs_no_mapping(tmp_path: Path) -> None:
    manifest = {
        "item_id": "1", "channel": "courier", "origin_country": "GB", "destination_country": "PT",
        "items": [{"hs_code": "0101"}],
    }  # fmt: skip
    path = tmp_path / "t.ndjson"
    lines = [
        json.dumps(manifest),
        json.dumps({"manifest": manifest, "label": 0, "group": "g"}),
        "{",
        '{"item_id": "2"}',
    ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    table = load_table(path)
    assert [(record.label, record.group) for record in table.records] == [(None, None), (False, "g")]
    assert table.report.dropped == 2
    assert any("row 3" in str(problem) for problem in table.report.problems())


def test_a_table_named_by_manifest_paths_needs_no_mapping_either(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "item_id,channel,origin_country,destination_country,items.0.description,items.0.net_weight_kg,label\n"
        "1,courier,GB,PT,steel tube,0.5,1\n", encoding="utf-8",
    )  # fmt: skip
    record = load_table(path).records[0]
    assert record.label is True
    assert record.manifest.items[0].net_weight_g == 500.0
    path.write_text("item_id,Country\n1,GB\n", encoding="utf-8")
    with pytest.raises(InputError, match="give a mapping"):
        load_table(path)


@pytest.mark.parametrize("name", ["t.xlsx", "missing.csv", "missing.ndjson", "missing.parquet"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"x")
    with pytest.raises(InputError, match=name):
        load_table(tmp_path / name)


def test_the_shipped_mapping_is_readable_and_leaves_the_leak_out() -> None:
    import training.mappings as shipped

    mapping = load_mapping(Path(str(shipped.__path__[0])) / "korea-customs.yaml")
    assert mapping.ignore == ("Critical Fraud",)
    assert mapping.label == Label("Fraud", frozenset({"1"}))
    assert mapping.groups[0] == "HS6 Code"
    assert mapping.finding_days == 30.0


def test_a_column_that_fills_the_manifest_must_be_there_even_where_groups_name_it_too(tmp_path: Path) -> None:
    kept = {name: str(cell) for name, cell in ROW.items() if name != "HS6 Code"}
    path = tmp_path / "t.csv"
    path.write_text(f"{','.join(kept)}\n{','.join(kept.values())}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_table(path, mapping_of())
    assert [(one.path, one.code) for one in caught.value.problems] == [("HS6 Code", "column_missing")]


@pytest.mark.parametrize(("written", "cell"), [("[yes]", "Yes"), ("[true]", "TRUE"), ('["yes"]', "yes"), ("[1]", "1")])
def test_labels_agree_however_truth_is_written(tmp_path: Path, written: str, cell: str) -> None:
    mapping = mapping_of(re.sub(r"positive: \[.*?\]", f"positive: {written}", EXAMPLE))
    path = write_csv(tmp_path / "t.csv", {**ROW, "Fraud": cell}, {**ROW, "Fraud": "no"})
    assert [one.label for one in load_table(path, mapping).records] == [True, False]
