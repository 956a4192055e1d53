"""What cannot be loaded is left out and said: to callers that it is out, to the log why."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import shutil
from pathlib import Path

import pytest

from features.errors import InputError
from models.bundle import shipped_bundles
from service.composition import load_tools, selection_secret
from service.server import check
from service.settings import Settings


@pytest.fixture
def risk_bundle(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_bundles("risk")[-1], tmp_path / "bundle"))


def test_tampered_model_is_left_out_and_its_place_stays_in_the_log(
    risk_bundle: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (risk_bundle / "trees.txt").open("a") as file:
        file.write("\n")
    with caplog.at_level(logging.WARNING):
        tools = load_tools(Settings(home=tmp_path / "home", risk_model=risk_bundle))
    assert tools.risk is None
    (notice,) = [one for one in tools.warnings if one.code == "risk_model_unavailable"]
    assert str(tmp_path) not in notice.message
    assert "trees.txt" in caplog.text


@pytest.mark.parametrize(("name", "content"), [("calibration.json", b"{}"), ("trees.txt", b"zz"), ("text.npz", b"")])
def test_files_that_match_the_card_but_are_no_model_are_left_out(
    risk_bundle: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    (risk_bundle / name).write_bytes(content)
    card = json.loads((risk_bundle / "model.json").read_text())
    card["files"][name] = hashlib.sha256(content).hexdigest()
    (risk_bundle / "model.json").write_text(json.dumps(card))
    tools = load_tools(Settings(home=tmp_path / "home", risk_model=risk_bundle))
    assert tools.risk is None
    assert "risk_model_unavailable" in [one.code for one in tools.warnings]


@pytest.mark.parametrize("allowed", [False, True])
def test_research_only_model_needs_the_operators_word(risk_bundle: Path, tmp_path: Path, allowed: bool) -> None:
    card = json.loads((risk_bundle / "model.json").read_text())
    (risk_bundle / "model.json").write_text(json.dumps({**card, "licence": "research-only"}))
    settings = Settings(home=tmp_path / "home", risk_model=risk_bundle)
    tools = load_tools(dataclasses.replace(settings, allow_research_models=allowed))
    assert (tools.risk is not None) is allowed


def test_invalid_policy_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("sop: 1.10\n")
    with pytest.raises(InputError) as caught:
        load_tools(Settings(home=tmp_path))
    assert caught.value.problems


def test_selection_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = selection_secret(tmp_path)
    assert selection_secret(tmp_path) == first
    assert len(first) == 32
    assert (tmp_path / "selection.key").stat().st_mode & 0o077 == 0
    assert selection_secret(tmp_path / "other") != first


@pytest.mark.parametrize(("file", "text"), [("watchlists/a.csv", "kind\n"), ("indicators.json", "[]")])
def test_what_would_stop_every_worker_is_said_before_any_starts(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / "watchlists").mkdir()
    (tmp_path / file).write_text(text)
    with pytest.raises(InputError):
        check(Settings(home=tmp_path))
