"""`evaluate risk` as an analyst runs it: a bundle as it is, and models trained afresh."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
PEERS = 8


@pytest.fixture(scope="module")
def few(parcels: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two small files: the earlier and the later parcels."""
    folder = tmp_path_factory.mktemp("few")
    lines = parcels.read_text(encoding="utf-8").splitlines(keepends=True)
    earlier, later = folder / "earlier.ndjson", folder / "later.ndjson"
    earlier.write_text("".join(lines[:1000]), encoding="utf-8")
    later.write_text("".join(lines[1000:1400]), encoding="utf-8")
    return earlier, later


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return found


def test_a_bundle_on_its_training_file_is_measured_with_a_loud_warning(
    commands: Run, folder: Path, parcels: Path, tmp_path: Path
) -> None:
    done = commands("evaluate", "risk", "--data", parcels, "--risk-model", folder, "--output", tmp_path / "report")
    assert "trained on this very file" in done.stderr
    assert "risk model" in done.stdout
    metrics = read(tmp_path / "report")
    assert metrics["overlap"]["same_file"]
    assert metrics["data"]["illicit"] == 300
    assert metrics["model"] == "risk-small-1.2.3"
    assert len(metrics["figures"]) == 1 + PEERS
    for name in ("auc", "ap", "precision@0.01", "recall@0.1", "lift@0.05", "ece", "brier"):
        value, low, high = metrics["figures"]["risk model"][name]
        assert low <= high
        assert value is not None
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert page.index("trained on this very file") < page.index("<table")
    assert not re.search(r"(src|href)=|@import|url\(|<script", page)
    assert metrics["command"].startswith("parcel-screening evaluate risk --data parcels.ndjson --risk-model risk-small")


def test_train_on_one_file_test_on_another(commands: Run, few: tuple[Path, Path], tmp_path: Path) -> None:
    words = ("evaluate", "risk", "--data", few[0], "--test", few[1], "--no-curve", "--seed", 3)
    done = commands(*words, "--output", tmp_path / "report")
    assert done.stderr == "", "nothing is wrong, and a pipe gets no bar"
    metrics = read(tmp_path / "report")
    measured = metrics["protocols"]["file"]
    assert measured["rows"] == 400
    assert (metrics["data"]["file"], metrics["data"]["test_file"]) == ("earlier.ndjson", "later.ndjson")
    assert metrics["overlap"] is None
    assert measured["figures"]["risk model"]["auc"][0] > measured["figures"]["random"]["auc"][2]
    assert f"{few[1].name} --folds 5" in metrics["command"]
    assert "later.ndjson, SHA-256" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_fresh_models_by_time(commands: Run, few: tuple[Path, Path], tmp_path: Path) -> None:
    words = ("evaluate", "risk", "--data", few[0], "--protocol", "time", "--protocol", "time", "--no-curve")
    commands(*words, "--output", tmp_path / "report")
    metrics = read(tmp_path / "report")
    assert list(metrics["protocols"]) == ["time"]
    assert metrics["protocols"]["time"]["rows"] == pytest.approx(300, abs=2)
    assert metrics["drift"]


def test_earlier_files_fill_the_history_and_are_not_measured(
    commands: Run, folder: Path, few: tuple[Path, Path], tmp_path: Path
) -> None:
    words = ("evaluate", "risk", "--data", few[1], "--risk-model", folder, "--output")
    commands(*words, tmp_path / "bare")
    commands(*words, tmp_path / "known", "--history", few[0])
    bare, known = read(tmp_path / "bare"), read(tmp_path / "known")
    assert known["data"]["rows"] == bare["data"]["rows"] == 400
    assert known["data"]["sha256"] == bare["data"]["sha256"]
    assert known["figures"]["risk model"] != bare["figures"]["risk model"], "people seen before look otherwise"
    counted = [one["figures"]["number of indicators"]["auc"][0] for one in (known, bare)]
    assert counted[0] == counted[1], "indicators have no history"
    assert "--history earlier.ndjson" in known["command"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--protocol", "group", "--risk-model", "{folder}"), "Choose one"),
        (("--protocol", "group", "--test", "{later}"), "in a call of its own"),
        (("--ceiling",), "add --protocol group"),
        (("--seeds", "3"), "add --protocol group"),
        (("--protocol", "weekday"), "is not one of"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_read(
    commands: Run, folder: Path, few: tuple[Path, Path], tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    places = [word.format(folder=folder, later=few[1]) for word in words]
    done = commands("evaluate", "risk", "--data", few[0], *places, "--output", tmp_path / "report", code=2)
    assert message in done.stderr
    assert not (tmp_path / "report").exists()
