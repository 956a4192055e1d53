"""Any table in: forms of files and cells, and what is said of rows that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml

from features.errors import InputError, Problem
from training.data import Source, open_source
from training.mapping import load_mapping, parse_mapping
from training.records import Record

MAPPING = """
id: Number
declared_at: Day
label: {column: Fraud, positive: [1]}
fields: {origin_country: From, items.0.hs_code: Code, items.0.value.amount: Price, items.0.net_weight_kg: Mass}
constants: {channel: courier, destination_country: PT, items.0.value.currency: EUR}
"""
ROW = {"Number": "1", "Day": "2025-01-02", "Fraud": "0", "From": "CN", "Code": "010121", "Price": "5.5", "Mass": "2"}


def source_of(path: Path, *rows: dict[str, Any], more: str = "", separator: str = ",", **options: Any) -> Source:
    lines = [separator.join(ROW), *(separator.join({**ROW, **row}.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_source(path, parse_mapping(yaml.safe_load(MAPPING + more), "m.yaml"), **options)


def only(source: Source) -> Record:
    (record,) = source.records()
    return record


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_separator_and_a_byte_order_mark_need_no_word(tmp_path: Path, separator: str, mark: str) -> None:
    plain = only(source_of(tmp_path / "a.csv", {}))
    source = source_of(tmp_path / "t.csv", {}, separator=separator)
    source.path.write_text(mark + source.path.read_text(encoding="utf-8"), encoding="utf-8")
    assert only(source) == plain


def test_cells_may_hold_separators_and_line_ends_in_quotes(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {"Number": '"a,\nb"', "From": "XQ"}, {"Number": "2", "From": "XQ"})
    with pytest.raises(InputError) as caught:
        list(source.records())
    assert "2 rows; row 2: " in str(caught.value.problems[0])
    assert "row 4: " in str(caught.value.problems[0])


def test_a_table_that_is_not_utf_8_is_refused_in_one_sentence(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {}, {"Number": "é"})
    source.path.write_bytes(source.path.read_text(encoding="utf-8").encode("latin-1"))
    with pytest.raises(InputError, match=r"t\.csv: not UTF-8 \(byte 0xe9\); save the table again"):
        list(source.records())


def test_rows_of_another_width_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {}, {"Mass": "2,7"}, {"Number": "3"})
    assert [record.manifest.item_id for record in source.records()] == ["1", "3"]
    assert source.report.dropped == 1
    assert "row 3: 8 cells, but the header names 7 columns" in str(source.report.problems()[0])


def test_columns_that_share_a_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("item_id,item_id\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="columns share a name"):
        open_source(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("2025-01-02", None),
        ("20250102", None),
        ("02.01.2025", "%d.%m.%Y"),
        ("01/02/25", "%m/%d/%y"),
        ("1735776000", "epoch"),
        ("1735776000000", "epoch_ms"),
    ],
)
def test_dates_in_common_and_declared_forms(tmp_path: Path, cell: str, form: str | None) -> None:
    more = f"date_format: '{form}'\n" if form else ""
    record = only(source_of(tmp_path / "t.csv", {"Day": cell}, more=more))
    assert record.at
    assert record.at.isoformat() == "2025-01-02T00:00:00+00:00"


def test_a_date_in_another_form_says_how_to_declare_it(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {}, {"Day": "02.01.2025"})
    assert len(list(source.records())) == 1
    assert "declare another form as date_format" in str(source.report.problems()[0])


def test_decimal_commas_and_words_for_nothing_are_declared(tmp_path: Path) -> None:
    more = 'decimal: ","\nmissing: ["-", ZZ]\n'
    row = {"Price": "1.234,50", "Mass": "0,25", "Code": "-"}
    source = source_of(tmp_path / "t.csv", row, more=more + "", separator=";")
    with pytest.raises(InputError) as caught:
        only(source)
    assert [problem.path for problem in caught.value.problems] == ["items[0]"]  # neither code nor description is left
    item = only(source_of(tmp_path / "t.csv", {**row, "Code": "0101"}, more=more, separator=";")).manifest.items[0]
    assert item.net_weight_g == 250.0
    assert item.value
    assert str(item.value.amount) == "1234.5"


def test_a_shipment_beyond_a_parcel_s_bounds_is_kept_without_the_cell_and_counted(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {}, {"Mass": "202640"})
    records = list(source.records())
    assert [record.manifest.items[0].net_weight_g for record in records] == [2000.0, None]
    assert source.report.fate() == "0 of 2 rows dropped, 1 kept with the cells at fault left blank."
    assert "items[0].net_weight_g: 1 row; row 3" in str(source.report.problems()[0])
    with pytest.raises(InputError, match="rows cannot be read"):
        list(source_of(tmp_path / "t.csv", {}, {"Mass": "202640"}, bad_rows="refuse").records())


def test_every_bad_row_can_be_listed(tmp_path: Path) -> None:
    seen: list[tuple[int, str]] = []
    source = source_of(tmp_path / "t.csv", {}, *({"From": "XQ", "Number": str(number)} for number in range(9)))
    source.watch = lambda row, problem: seen.append((row, problem.path))
    assert len(list(source.records())) == 1
    assert seen == [(row, "origin_country") for row in range(3, 12)]


def test_label_values_that_nobody_named_are_reported(tmp_path: Path) -> None:
    rows = [{"Fraud": value} for value in ("0", "1", "2", "")]
    source = source_of(tmp_path / "t.csv", *rows)
    assert [record.label for record in source.records()] == [False, True, False, None]
    assert source.report.warnings == [
        "Labels taken as harmless: '0' (1 rows), '2' (1 rows); name those that are under label.negative."
    ]
    text = MAPPING.replace("positive: [1]", "positive: [1, yes it is], negative: [0]")
    named = open_source(tmp_path / "t.csv", parse_mapping(yaml.safe_load(text), "m.yaml"), bad_rows="blank")
    assert [record.label for record in named.records()] == [False, True, None, None]
    assert "label: 1 row; row 4: '2' stands neither under positive nor negative." in map(str, named.report.problems())
    assert named.report.warnings == ["Labels named in the mapping that stand in no row: 'yes it is'."]


def test_labels_of_ndjson_lines_are_true_or_false_and_no_words(tmp_path: Path) -> None:
    manifest = {
        "item_id": "1", "channel": "courier", "origin_country": "GB", "destination_country": "PT",
        "items": [{"hs_code": "0101"}],
    }  # fmt: skip
    path = tmp_path / "t.ndjson"
    labels = [True, 0, "1", None, "no", [1]]
    path.write_text(
        "".join(json.dumps({"manifest": manifest, "label": one}) + "\n" for one in labels), encoding="utf-8"
    )
    source = open_source(path)
    assert [record.label for record in source.records()] == [True, False, True, None]
    assert source.report.dropped == 2


def test_a_forgotten_column_of_an_ndjson_line_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "t.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in (ROW, {**ROW, "Secret": 1})), encoding="utf-8")
    source = open_source(path, parse_mapping(yaml.safe_load(MAPPING), "m.yaml"))
    with pytest.raises(InputError, match="do not fit in line 2") as caught:
        list(source.records())
    assert [problem.path for problem in caught.value.problems] == ["Secret"]


def test_mistakes_in_a_mapping_file_name_their_line(tmp_path: Path) -> None:
    text = MAPPING.replace("id: Number", "id: Number\ndate_format: day\ndecimal: ;\nlabels: {}")
    text = text.replace("constants: {", "constants: {items.0.net_weight_g: 5, items.0.hs: x, ")
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_mapping(tmp_path / "m.yaml")
    assert {(problem.path, problem.code) for problem in caught.value.problems} == {
        ("m.yaml:3: date_format", "date_form"), ("m.yaml:4: decimal", "decimal_form"),
        ("m.yaml:5: labels", "key_unknown"), ("m.yaml:9: items.0.hs", "path_unknown"),
        ("m.yaml: items.0.net_weight_g", "path_twice"),
    }  # fmt: skip


def test_digest_and_size_come_from_the_bytes(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {}, {"Number": "2"})
    assert source.contents.rows == 2
    assert len(source.sha256) == 64
    pa.parquet.write_table(pa.Table.from_pylist([ROW] * 5), tmp_path / "t.parquet")
    assert open_source(tmp_path / "t.parquet", source.mapping).contents.rows == 5


def test_a_source_reads_again_with_a_fresh_report(tmp_path: Path) -> None:
    source = source_of(tmp_path / "t.csv", {}, {"From": "XQ"})
    for _ in range(2):
        assert len(list(source.records())) == 1
        assert (source.report.read, source.report.dropped) == (2, 1)
        assert [problem.code for problem in source.report.problems()] == ["not_a_country"]
    assert isinstance(source.report.problems()[0], Problem)
