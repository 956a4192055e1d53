"""Every broken procedure in `broken/` gives exactly the findings that its header announces: place, code and words.

A fixture is a file, or a folder where lists, overrides or cases belong to it. Its header has a line for each finding,
`# expect: [FILE:]LINE:COLUMN SEVERITY CODE | how the message begins`, and one on what the JSON Schema makes of it.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from cli.main import root
from features.watchlist import WatchEntry, WatchList
from models.score_range import ScoreRange
from sop.check import check_package
from sop.findings import Finding
from sop.lint.base import Context
from sop.lint.codes import LINT
from sop.reading.packages import read_files
from sop.reading.schema import policy_schema
from sop.vocabulary import Vocabulary

FOLDER = Path(__file__).parent / "broken"
BROKEN = sorted({*FOLDER.glob("*.yaml"), *FOLDER.glob("*/policy.yaml")})
EXPECT = re.compile(r"^# expect: (?:([\w/.-]+\.yaml):)?(\d+):(\d+) (\w+) (\w+) \| (.+)$", re.MULTILINE)
WITHOUT_FIXTURE = {"check_incomplete"}
CONTEXT = Context(
    today=date(2026, 11, 21),
    scores={"xray": ScoreRange(0.9956, "xray-synthetic-2.0.0 cannot give more than 0.9956, whatever a picture shows")},
    watchlists=(
        WatchList("national", (WatchEntry("phone", "+44 20 7946 0001", "example"),)),
        WatchList("port", (WatchEntry("phone", "+44 20 7946 0002", "example", date(2026, 10, 31)),)),
    ),
)


def name(path: Path) -> str:
    return path.parent.name if path.name == "policy.yaml" else path.stem


def expected(path: Path) -> list[tuple[str, int, int, str, str, str]]:
    found = EXPECT.findall(path.read_text(encoding="utf-8"))
    return [(file or "policy.yaml", int(line), int(column), *rest) for file, line, column, *rest in found]


def files_of(path: Path) -> dict[str, bytes]:
    return read_files(path) if path.name == "policy.yaml" else {"policy.yaml": path.read_bytes()}


def told(one: Finding, words: str) -> tuple[str, int, int, str, str, str]:
    return one.file, one.line, one.column, one.severity, one.code, one.message[: len(words)]


@pytest.mark.parametrize("path", BROKEN, ids=name)
def test_the_announced_findings_and_no_others(path: Path, vocabulary: Vocabulary) -> None:
    announced = expected(path)
    found = check_package(files_of(path), CONTEXT, vocabulary).findings
    assert announced
    assert len(found) == len(announced), found
    assert [told(one, wanted[-1]) for one, wanted in zip(found, announced, strict=True)] == announced
    assert all(one.message.endswith((".", "?")) for one in found)


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(policy_schema())


@pytest.mark.parametrize("path", BROKEN, ids=name)
def test_schema_and_loader_agree_as_far_as_a_schema_can_see(path: Path) -> None:
    wanted = schema_verdict(path)
    try:
        data = as_json(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError):
        assert wanted == "raises"
        return
    assert validator().is_valid(data) == (wanted == "accepts")


def schema_verdict(path: Path) -> str:
    (found,) = re.findall(r"^# schema: (\w+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


def as_json(text: str) -> Any:
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def test_every_check_has_its_broken_policy() -> None:
    codes = {code for path in BROKEN for *_, code, _ in expected(path)}
    assert set(LINT) - codes == WITHOUT_FIXTURE
    assert len(BROKEN) >= 30
    assert {schema_verdict(path) for path in BROKEN} == {"accepts", "refuses", "raises"}


@pytest.mark.parametrize("path", [FOLDER / "country_norway_is_a_truth_value.yaml", FOLDER / "list_is_over"], ids=name)
def test_the_command_says_the_same(path: Path, tmp_path: Path) -> None:
    policy = path / "policy.yaml" if path.is_dir() else path
    env = {"PARCEL_SCREENING_HOME": str(tmp_path)}
    run = CliRunner().invoke(root, ["sop", "check", str(path), "--json"], env=env)
    found = json.loads(run.stdout)
    for file, line, column, severity, code, words in expected(policy):
        (one,) = [entry for entry in found if entry["code"] == code]
        assert (one["line"], one["column"], one["severity"]) == (line, column, severity)
        assert one["file"] == (policy.name if file == "policy.yaml" else file)
        assert one["message"].startswith(words)
    assert run.exit_code == (1 if any(one["severity"] == "error" for one in found) else 0)
