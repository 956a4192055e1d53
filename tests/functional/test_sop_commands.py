"""`parcel-screening sop ...` as an author runs it: its exit code and what it prints, once in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from cli_runs import Ended, ending

from sop.active import cases_path, shipped_policy_path

ROOT = Path(__file__).parents[2]
SHIPPED = shipped_policy_path()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def run(home: Path, *arguments: object, **environment: str) -> Ended:
    settings = {name.removeprefix("PARCEL_SCREENING_").lower(): value for name, value in environment.items()}
    return ending(home, "sop", *arguments, **settings)


def run_apart(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PARCEL_SCREENING_")}
    return subprocess.run(
        [sys.executable, "-m", "cli", "sop", *map(str, arguments)],
        cwd=ROOT, env={**clean, "PARCEL_SCREENING_HOME": str(home)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def edited(folder: Path, before: str, after: str) -> Path:
    folder.mkdir(exist_ok=True)
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    path = folder / "policy.yaml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    shutil.copy(cases_path(SHIPPED), folder)
    return path


def test_check_of_the_shipped_policy(home: Path) -> None:
    done = run_apart(home, "check", "--json")
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, [], "")


def test_check_finds_errors_with_place_and_exit_code_1(home: Path, tmp_path: Path) -> None:
    path = edited(tmp_path, "lane: detain", "lane: detian")
    lines = [number for number, line in enumerate(path.read_text().splitlines(), 1) if "detian" in line]
    done = run(home, "check", path, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(one["line"], one["column"], one["severity"], one["code"]) for one in found] == [
        (line, 11, "error", "value_unknown") for line in lines
    ]
    assert set(found[0]) == {"line", "column", "severity", "code", "message", "file", "text"}
    assert {(one["file"], one["text"]) for one in found} == {("policy.yaml", "detian")}
    assert "errors; this procedure cannot be used" in done.stderr


def test_check_for_people_shows_the_line_and_points_at_the_place(home: Path, tmp_path: Path) -> None:
    done = run(home, "check", edited(tmp_path, "default_lane: scan", "default_lane: scann"))
    lines = done.stdout.splitlines()
    place = lines.index("    default_lane: scann")
    assert lines[place + 1] == "    " + " " * len("default_lane: ") + "^^^^^"
    assert lines[place + 2] == "    `scann` is no lane; did you mean `scan`?"


def test_a_file_that_cannot_be_read_exits_with_3(home: Path, tmp_path: Path) -> None:
    done = run(home, "check", tmp_path / "none.yaml", "--json")
    assert (done.returncode, done.stdout) == (3, "")
    assert "none.yaml: cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_warnings_alone_exit_with_0(home: Path, tmp_path: Path) -> None:
    done = run(home, "check", edited(tmp_path, "  rate: 0.01", "  rate: 0"), "--json")
    assert (done.returncode, [one["code"] for one in json.loads(done.stdout)]) == (0, ["random_rate_zero"])


def test_the_home_policy_is_the_active_one_and_the_setting_goes_before_it(home: Path, tmp_path: Path) -> None:
    edited(home, "owner: Risk Analysis Unit", "owner: Home Unit")
    setting = edited(tmp_path / "other", "owner: Risk Analysis Unit", "owner: Set Unit")
    assert json.loads(run(home, "show", "--json").stdout)["owner"] == "Home Unit"
    assert json.loads(run(home, "show", "--json", PARCEL_SCREENING_SOP=str(setting)).stdout)["owner"] == "Set Unit"
    assert json.loads(run(home, "show", SHIPPED, "--json").stdout)["owner"] == "Risk Analysis Unit"


def test_a_changed_threshold_fails_the_case_that_relied_on_it(home: Path, tmp_path: Path) -> None:
    path = edited(tmp_path, "when: {risk: {at_least: 0.20}}", "when: {risk: {at_least: 0.30}}")
    done = run(home, "test", path)
    assert done.returncode == 1
    assert "- expected  scan by RK-020" in done.stdout
    assert "+ actual    scan by RK-040" in done.stdout
    assert "came out otherwise than expected" in done.stderr


def test_test_of_the_shipped_policy(home: Path) -> None:
    done = run(home, "test", "--json")
    result = json.loads(done.stdout)
    assert done.returncode == 0
    assert result["passed"]
    assert {one["kind"] for one in result["verdicts"]} == {"case", "boundary"}


def test_show_names_every_rule_in_words(home: Path) -> None:
    done = run(home, "show", "--full")
    policy = json.loads(run(home, "show", "--json").stdout)
    assert done.returncode == 0
    for rule in policy["rules"]:
        assert rule["id"] in done.stdout
    assert "X-ray score at least 0.90" in done.stdout


def test_diff_tells_what_changed(home: Path, tmp_path: Path) -> None:
    new = edited(tmp_path, "when: {xray: {at_least: 0.90}}", "when: {xray: {at_least: 0.85}}")
    done = run(home, "diff", SHIPPED, new)
    assert done.returncode == 0
    assert "- X-ray score at least 0.90" in done.stdout
    assert "+ X-ray score at least 0.85" in done.stdout
    assert run(home, "diff", SHIPPED, SHIPPED).stdout.endswith("decide alike and read alike.\n")


def test_schema_is_printed_whole(home: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run(home, "schema").stdout))
