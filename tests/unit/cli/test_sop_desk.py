"""`sop check`, `show`, `diff` and `schema` on a procedure with lists and overrides."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import root
from features.errors import InputError, UsageError
from sop.active import shipped_policy_path

SHIPPED = shipped_policy_path()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    path.mkdir()
    return path


def run(home: Path, *arguments: object) -> Result:
    return CliRunner().invoke(root, ["sop", *map(str, arguments)], env={"PARCEL_SCREENING_HOME": str(home)})


def with_override(folder: Path) -> Path:
    (folder / "lists").mkdir(parents=True)
    (folder / "overrides").mkdir()
    shutil.copy(SHIPPED, folder)
    for name, text in {
        "lists/high-risk-origins.yaml": "list: high-risk-origins\nkind: country\nsource: Decision 14\n"
        "issued: 2026-11-01\nexpires: 2026-11-20\nentries: [SE]\n",
        "overrides/leeds.yaml": 'extends: ../policy.yaml\nversion: "2"\napplies_to: {station: "leeds-*"}\n'
        "change: [{id: RK-20, lane: examine}]\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_check_of_an_override_checks_the_whole_procedure_and_names_each_file(home: Path, tmp_path: Path) -> None:
    override = with_override(tmp_path / "mine") / "overrides" / "leeds.yaml"
    done = run(home, "check", override, "--json")
    (found,) = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (found["file"], found["line"], found["text"]) == ("overrides/leeds.yaml", 4, "RK-20")
    assert found["message"].endswith("did you mean `RK-020`?")
    override.write_text(override.read_text().replace("RK-20", "RK-020"))
    warned = json.loads(run(home, "check", override, "--json").stdout)
    assert {"list_expired", "list_unused"} <= {one["code"] for one in warned}
    strict = run(home, "check", override, "--strict")
    assert strict.exit_code == 1
    assert "warning lists/high-risk-origins.yaml:5:10 list_expired\n    expires: 2026-11-20\n" in strict.stdout
    assert "under `accept:` with the reason" in str(strict.exception)


def test_help_lists_the_commands_in_the_order_in_which_an_author_needs_them(home: Path) -> None:
    listed = run(home, "--help").stdout.split("Commands:")[1]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
    assert names[:7] == ["init", "check", "test", "diff", "show", "simulate", "approve"]
    assert names[-4:] == ["replay", "stop", "resume", "schema"]


def test_an_override_in_the_home_without_its_policy_is_told_by_check_and_status(home: Path) -> None:
    shutil.copytree(with_override(home.parent / "mine"), home, dirs_exist_ok=True)
    (home / "policy.yaml").unlink()
    for command in ("check", "status"):
        done = run(home, command)
        assert isinstance(done.exception, InputError)
        assert "policy.yaml: is missing, but lists/high-risk-origins.yaml and others are there" in str(done.exception)
    assert "cannot be used" in run(home, "status").stdout


def test_check_sends_nothing_to_the_terminal_that_it_obeys(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("sop: a\nowner: b \x1b[2J\ntitle: \u202ec\n", encoding="utf-8")
    shown = run(home, "check", path).stdout
    assert "owner: b \ufffd[2J" in shown
    assert not {"\x1b", "\u202e"} & set(shown)


def test_check_takes_no_device(home: Path) -> None:
    refused = run(home, "check", "/dev/zero")
    assert isinstance(refused.exception, InputError)
    assert "is not a regular file" in str(refused.exception)


def test_show_and_diff_tell_lists_and_overrides(home: Path, tmp_path: Path) -> None:
    folder = with_override(tmp_path / "mine")
    override = folder / "overrides" / "leeds.yaml"
    override.write_text(override.read_text().replace("RK-20", "RK-020"))
    shown = run(home, "show", folder).stdout
    assert "1 country, 1 in force on" in shown
    assert "expired on 2026-11-20" in shown
    assert "Override leeds version 2 for all parcels at station leeds-*" in shown
    compared = run(home, "diff", SHIPPED, folder / "policy.yaml").stdout
    assert "list high-risk-origins  list  added" in compared
    assert "override leeds, rule RK-020  lane  changed\n  - scan\n  + examine" in compared


def test_schemas_of_all_files_are_written_for_the_editor(home: Path, tmp_path: Path) -> None:
    assert run(home, "schema", "--into", tmp_path / "schemas").exit_code == 0
    kinds = {"policy", "list", "override", "cases"}
    assert {path.name for path in (tmp_path / "schemas").iterdir()} == {f"{kind}.schema.json" for kind in kinds}
    one = json.loads((tmp_path / "schemas" / "list.schema.json").read_text(encoding="utf-8"))
    assert one == json.loads(run(home, "schema", "list").stdout)
    refused = run(home, "schema", "list", "--into", tmp_path / "schemas")
    assert isinstance(refused.exception, UsageError)
