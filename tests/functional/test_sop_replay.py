"""`sop replay`: stored decisions come out exactly as they were made, and whatever does not is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_runs import run_command
from sqlalchemy import text

from features.version import __version__
from service.screening import Tools
from service.settings import Settings
from sop.active import shipped_policy_path
from sop.reading.packages import load_package
from sop.registry.versions import keep, version_folder

COURIER: dict[str, Any] = {
    "channel": "courier",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "cotton shirts", "hs_code": "610510"}],
}


@pytest.fixture
def desk(make_desk: Callable[..., Any], tools: Tools, tmp_path: Path, scan: bytes) -> Any:
    """A home with three screenings by the shipped procedure, which is kept as a running service keeps it."""
    package = load_package(shipped_policy_path())
    desk = make_desk(Settings(home=tmp_path / "home"), tools=replace(tools, package=package))
    keep(desk.settings.home, package.files)
    desk.screen({**COURIER, "item_id": "A"})
    desk.send(scan, manifest={**COURIER, "item_id": "B"})
    desk.send(b"broken", manifest={**COURIER, "item_id": "C"})
    return desk


def change(desk: Any, statement: str) -> None:
    with desk.service.store.writing() as connection:
        connection.execute(text(statement))


def test_all_come_out_as_they_stand_on_record(desk: Any) -> None:
    said = run_command(desk.settings.home, "sop", "replay").stdout
    assert said.startswith("3 of 3 screenings come out exactly as they stand on record.")
    assert desk.service.tools.current().package.digest[:12] in said
    one = json.loads(run_command(desk.settings.home, "sop", "replay", "B", "--json").stdout)
    assert one == {"screenings": 1, "same": 1, "reworded": [], "differ": [], "not_replayed": []}
    assert (
        json.loads(run_command(desk.settings.home, "sop", "replay", "--since", "2026-11-21", "--json").stdout)[
            "screenings"
        ]
        == 0
    )


def test_what_was_changed_later_is_named(desk: Any) -> None:
    change(
        desk,
        "UPDATE screening SET evidence = replace(evidence, '0.0021', '0.21') WHERE item_id = 'A'",
    )
    change(desk, "UPDATE screening SET lane = 'release' WHERE item_id = 'B'")
    release = f'replace(answer, \'"service":"{__version__}"\', \'"service":"0.0.9"\')'
    change(desk, f"UPDATE screening SET answer = {release} WHERE item_id = 'A'")
    ended = run_command(desk.settings.home, "sop", "replay", code=1)
    assert "2 of 3 screenings do not come out as they stand on record" in ended.stderr
    assert 'decision.rule was "DC-040", and is "RK-020" now' in ended.stderr
    assert 'record.lane was "release"' in ended.stderr
    assert f"Release 0.0.9 decided then; this is {__version__}." in ended.stderr
    whole = json.loads(run_command(desk.settings.home, "sop", "replay", "--json", code=1).stdout)
    assert {one["item_id"] for one in whole["differ"]} == {"A", "B"}


def test_the_words_of_another_release_are_counted_and_those_of_this_one_are_an_error(desk: Any) -> None:
    change(
        desk, "UPDATE screening SET answer = replace(answer, 'Advance data', 'The advance data') WHERE item_id = 'A'"
    )
    ended = run_command(desk.settings.home, "sop", "replay", code=1)
    assert "1 of 3 screenings do not come out" in ended.stderr
    assert "decision.reason was" in ended.stderr
    release = f'replace(answer, \'"service":"{__version__}"\', \'"service":"0.0.9"\')'
    change(desk, f"UPDATE screening SET answer = {release} WHERE item_id = 'A'")
    said = run_command(desk.settings.home, "sop", "replay").stdout
    assert "2 of 3 screenings come out exactly" in said
    assert f"1  decided the same, in the words of release 0.0.9; this is {__version__}" in said


def test_a_version_that_was_changed_or_is_gone_is_named(desk: Any) -> None:
    digest = desk.service.tools.current().package.digest
    policy = version_folder(desk.settings.home, digest) / "policy.yaml"
    policy.chmod(0o644)
    policy.write_text(policy.read_text(encoding="utf-8").replace("0.20", "0.30"), encoding="utf-8")
    ended = run_command(desk.settings.home, "sop", "replay", code=1)
    assert "3 screenings: " in ended.stderr
    assert ended.stderr.count("the files of this version were changed after it was kept") == 1


def test_older_screenings_are_counted_and_an_error_only_where_named(desk: Any) -> None:
    change(desk, "UPDATE screening SET evidence = NULL, evidence_sha256 = NULL WHERE item_id = 'A'")
    said = run_command(desk.settings.home, "sop", "replay").stdout
    assert "2 of 3 screenings" in said
    assert "1  not decided again: What it rested on was not kept then." in said
    assert "was not kept then" in run_command(desk.settings.home, "sop", "replay", "A", code=1).stderr
    assert "No screening and no item" in run_command(desk.settings.home, "sop", "replay", "nobody", code=1).stderr
    assert "not both" in run_command(desk.settings.home, "sop", "replay", "A", "--since", "7d", code=2).stderr
