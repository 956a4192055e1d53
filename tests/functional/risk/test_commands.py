"""The commands as an analyst runs them, as processes of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

Run = Callable[..., Any]
MAPPING = """
id: Number
declared_at: Day
label: {column: Fraud, positive: [1]}
fields: {origin_country: From, items.0.hs_code: Code, items.0.value.amount: Price, items.0.net_weight_kg: Mass}
constants: {channel: courier, destination_country: PT, items.0.value.currency: EUR}
extra: {categorical: [Office], numeric: [Rate]}
ignore: [Secret]
groups: [Code]
"""
HEADER = "Number,Day,Fraud,From,Code,Price,Mass,Office,Rate,Secret\n"


@pytest.fixture
def few(parcels: Path, tmp_path: Path) -> Path:
    path = tmp_path / "few.ndjson"
    path.write_text("".join(parcels.read_text(encoding="utf-8").splitlines(keepends=True)[-200:]), encoding="utf-8")
    return path


def test_score_writes_csv_parquet_and_ndjson_that_agree(commands: Run, folder: Path, few: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "out.parquet", "out.ndjson"):
        done = commands("score", few, "--output", tmp_path / name, "--risk-model", folder)
        assert "200 parcels scored by risk-small-1.2.3" in done.stdout
    lines = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text(encoding="utf-8").splitlines()]
    nested = pa.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    flat = pa.csv.read_csv(
        tmp_path / "out.csv", convert_options=pa.csv.ConvertOptions(column_types={"item_id": pa.string()})
    ).to_pylist()
    assert lines == nested
    wanted = [json.loads(line)["manifest"]["item_id"] for line in few.read_text(encoding="utf-8").splitlines()]
    assert [row["item_id"] for row in flat] == [row["item_id"] for row in lines] == wanted
    for one, other in zip(lines, flat, strict=True):
        assert one["score"] == pytest.approx(other["score"], rel=1e-12)
        assert len(one["reasons"]) == 3
        assert other["reason_1"] == one["reasons"][0]["code"]
        assert other["reason_1_text"] == one["reasons"][0]["text"]


def test_scores_do_not_depend_on_labels(commands: Run, folder: Path, few: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.ndjson"
    records = [json.loads(line) for line in few.read_text(encoding="utf-8").splitlines()]
    kept = [{key: one[key] for key in ("manifest", "screened_at")} for one in records]
    hidden = [{**one, "label": 1 - records[place]["label"]} for place, one in enumerate(kept)]
    outputs = []
    for rows in (kept, hidden):
        bare.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        commands("score", bare, "--output", tmp_path / "o.ndjson", "--risk-model", folder, "--reasons", 0)
        outputs.append((tmp_path / "o.ndjson").read_text(encoding="utf-8"))
    assert outputs[0] == outputs[1]


def test_a_table_with_a_mapping_goes_the_whole_way(commands: Run, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    rows = []
    for place in range(1200):
        bad = place % 3 == 0
        price = 5 if bad else 80
        rows.append(
            f"{place},2025-{1 + place // 100:02d}-{1 + place % 28:02d},{int(bad and place % 2 == 0)},CN,"
            f"01{place % 90 + 10:02d}{place % 7}0,{price}.5,{1 + place % 5},{'ABC'[place % 3]},{place % 4},x\n"
        )
    table = tmp_path / "table.csv"
    table.write_text(HEADER + "".join(rows) + "x,2025-01-01,0,XQ,010121,1,1,A,1,x\n", encoding="utf-8")
    model = tmp_path / "own-2.0.0"
    done = commands("train", "risk", "--data", table, "--mapping", tmp_path / "m.yaml", "--output", model)
    assert "1 of 1201 rows dropped" in done.stderr
    assert "row 1202" in done.stderr
    columns = json.loads((model / "columns.json").read_text())
    assert "extra:Rate" in columns
    unlabelled = tmp_path / "new.csv"
    short = [line.replace(",Secret", "").replace(",Fraud", "") for line in [HEADER]]
    cells = [row.strip().split(",") for row in rows[:50]]
    unlabelled.write_text("".join([*short, *(",".join([*c[:2], *c[3:9]]) + "\n" for c in cells)]), encoding="utf-8")
    out = tmp_path / "scores.ndjson"
    commands("score", unlabelled, "--mapping", tmp_path / "m.yaml", "--risk-model", model, "--output", out)
    scores = [json.loads(line)["score"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(scores) == 50
    illicit = [score for place, score in enumerate(scores) if place % 6 == 0]
    assert min(illicit) > max(score for place, score in enumerate(scores) if place % 6)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("train", "risk", "--data", "missing.ndjson", "--output", "{tmp}/m"), 3, "missing.ndjson: cannot be read"),
        (("train", "risk", "--output", "{tmp}/m"), 2, "Missing option '--data'"),
        (("score", "{few}", "--output", "{tmp}/x.txt"), 2, "the suffix names no known form"),
        (("score", "{few}", "--output", "{tmp}/no/x.csv", "--risk-model", "{folder}"), 2, "does not exist"),
        (("score", "{few}", "--output", "{tmp}/x.csv", "--risk-model", "{tmp}"), 3, "no model card here"),
        (("train", "risk", "--data", "{few}", "--output", "{folder}"), 3, "bundles are immutable"),
        (("train", "risk", "--data", "{few}", "--output", "{tmp}/m", "--base-rate", "1"), 2, "0.0<x<1.0"),
        (("train", "risk", "--data", "{few}", "--output", "{few}/m-1.0.0"), 3, "cannot be written (Not a directory)"),
        (("evaluate", "risk", "--data", "{few}", "--output", "{few}/report"), 3, "cannot be written (Not a directory)"),
        (("models", "show", "nothing-1.0.0"), 3, "neither a bundle's folder nor"),
    ],
)
def test_mistakes_are_named_without_a_traceback_and_leave_nothing_behind(
    commands: Run, folder: Path, few: Path, tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    before = sorted(tmp_path.iterdir())
    places = {"tmp": str(tmp_path), "few": str(few), "folder": str(folder)}
    done = commands(*(word.format(**places) for word in words), code=code)
    assert message in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_parcels_without_a_label_are_left_out_of_the_measuring_and_said_so(
    commands: Run, folder: Path, few: Path, tmp_path: Path
) -> None:
    records = [json.loads(line) for line in few.read_text(encoding="utf-8").splitlines()]
    some = tmp_path / "some.ndjson"
    never_opened = [{**one, "label": None} if place % 10 == 0 else one for place, one in enumerate(records)]
    some.write_text("".join(json.dumps(one) + "\n" for one in never_opened), encoding="utf-8")
    words = ("evaluate", "risk", "--data", some, "--risk-model", folder)
    done = commands(*words, "--output", tmp_path / "report")
    assert "20 of 200 parcels have no label" in done.stderr
    assert json.loads((tmp_path / "report" / "metrics.json").read_text(encoding="utf-8"))["data"]["rows"] == 180
    refused = commands(*words, "--bad-rows", "refuse", "--output", tmp_path / "other", code=3)
    assert "20 of 200 rows have no label" in refused.stderr


def test_models_are_listed_shown_and_verified(commands: Run, folder: Path, tmp_path: Path) -> None:
    listed = json.loads(commands("models", "list", "--json").stdout)
    assert any(row["kind"] == "risk" and row["in_use"] for row in listed)
    own = json.loads(commands("models", "list", "--json", PARCEL_SCREENING_RISK_MODEL=str(folder)).stdout)
    assert [row["title"] for row in own if row["in_use"] and row["kind"] == "risk"] == ["risk-small-1.2.3"]
    shown = commands("models", "show", folder).stdout
    assert "risk-small-1.2.3" in shown
    assert "parcel-screening train risk" in shown
    assert json.loads(commands("models", "show", folder, "--json").stdout)["version"] == "1.2.3"
    assert "loads" in commands("models", "verify", folder).stdout
    broken = tmp_path / "broken-1.0.0"
    shutil.copytree(folder, broken)
    (broken / "trees.txt").write_text("tree\n", encoding="utf-8")
    (broken / "more.bin").write_bytes(b"x")
    done = commands("models", "verify", broken, code=1)
    assert "trees.txt: SHA-256 differs" in done.stderr
    assert "more.bin: The card does not list this file" in done.stderr
