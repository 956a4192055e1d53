"""`parcel-screening sop test` as an author runs it: what it prints, proposes and answers, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cli_runs import Ended, run_command

from sop.active import cases_path, shipped_policy_path

OVERRIDE = """\
extends: ../policy.yaml
version: "2"
applies_to: {station: ["leeds-*"]}
change: [{id: RK-030, when: {stage: pre_arrival, risk: {at_least: 0.10}}}]
"""
RULE, LOWER = "when: {risk: {at_least: 0.20}}", "when: {risk: {at_least: 0.30}}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped procedure as an author's candidate."""
    shutil.copy(shipped_policy_path(), tmp_path)
    shutil.copy(cases_path(shipped_policy_path()), tmp_path)
    return tmp_path


def sop_test(folder: Path, *words: str, code: int = 0) -> Ended:
    return run_command(folder / "home", "sop", "test", folder, *words, code=code)


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_the_shipped_cases_try_everything(folder: Path) -> None:
    done = sop_test(folder)
    assert "No case" not in done.stdout
    assert " as expected (" in done.stdout.splitlines()[-1]
    assert sop_test(folder, "--write").stdout == "# Every rule, and every alternative of `any`, has a case.\n"


def test_what_differs_stands_last_with_the_condition_that_was_not_met(folder: Path) -> None:
    change(folder / "policy.yaml", RULE, LOWER)
    done = sop_test(folder, code=1)
    lines = done.stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("✗ cases.yaml:"))
    assert lines[place + 1 : place + 3] == ["    - expected  scan by RK-020", "    + actual    scan by RK-040"]
    assert "      why not RK-020 asks for manifest risk at least 0.30; here it is 0.25." in lines
    assert " as expected (" in lines[-1]
    assert ": 1 of " in done.stderr


def test_a_case_that_an_override_decides_says_so(folder: Path) -> None:
    (folder / "overrides").mkdir()
    (folder / "overrides" / "leeds.yaml").write_text(OVERRIDE, encoding="utf-8")
    case = "cases:\n  - {name: here, given: {stage: pre_arrival, risk: 0.07}, expect: {lane: scan, rule: RK-030}}\n"
    (folder / "overrides" / "leeds.cases.yaml").write_text(case, encoding="utf-8")
    done = sop_test(folder, code=1)
    assert "✗ overrides/leeds.cases.yaml:2 here" in done.stdout
    assert "under overrides/leeds.yaml" in done.stdout
    assert "RK-030 asks for manifest risk at least 0.10; here it is 0.07" in done.stdout
    assert "Coverage by rule: overrides/leeds.yaml" in done.stdout


def test_json_names_each_parcel_and_each_rule(folder: Path) -> None:
    change(folder / "policy.yaml", RULE, LOWER)
    result = json.loads(sop_test(folder, "--json", code=1).stdout)
    (failed,) = [one for one in result["verdicts"] if not one["passed"]]
    assert not result["passed"]
    assert (failed["kind"], failed["file"], failed["rule"]) == ("case", "cases.yaml", "RK-020")
    assert failed["why"] == "RK-020 asks for manifest risk at least 0.30; here it is 0.25."
    row = next(one for one in result["coverage"] if one["rule"] == "RK-020")
    assert row["thresholds"][0]["nearest_at_or_above"] == 0.61
    assert not row["passed"]


def test_proposed_cases_can_be_pasted(folder: Path) -> None:
    cases = folder / "cases.yaml"
    cases.unlink()
    proposed = sop_test(folder, "--write").stdout
    assert not cases.exists()
    cases.write_text(proposed, encoding="utf-8")
    assert "No case tries" not in sop_test(folder).stdout
    assert all(f"rule: {name}" in proposed for name in ("RK-020", "RANDOM", "WORKLOAD", '"MISSING:image_shielded"'))


def test_without_cases_the_boundaries_are_tried(folder: Path) -> None:
    (folder / "cases.yaml").unlink()
    done = sop_test(folder)
    assert "No cases.yaml beside" in done.stdout
    assert "(0 cases, " in done.stdout


def test_a_broken_case_is_told_by_its_place(folder: Path) -> None:
    change(folder / "cases.yaml", "chance: selected", "chance: slected")
    done = run_command(folder / "home", "sop", "test", folder, code=3)
    assert "`slected` is no chance" in done.stderr
    assert "cases.yaml:" in done.stderr
