"""The commands `keys` and `db`: what they print, how they exit, and what they leave behind."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.keys_time import expiry
from cli.main import main
from service.auth import KeyRing
from service.settings import PREFIX, Settings
from service.store.migrate import wanted_revision
from service.store.store import open_store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PARCEL_SCREENING_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as stop:
            code = int(stop.code or 0)
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.mark.parametrize("role", ["station", "officer", "analyst", "sop_author", "admin"])
def test_a_key_made_on_an_empty_home_works(run: Run, home: Path, role: str) -> None:
    code, out, _ = run("keys", "create", "--role", role, "--name", "Desk 3", "--json")
    assert code == 0
    made = json.loads(out)
    assert made["role"] == role
    caller = KeyRing(open_store(Settings(home=home))).caller(made["key"])
    assert caller is not None
    assert (caller.key_id, caller.name, caller.role) == (made["id"], "Desk 3", role)


def test_a_key_goes_to_stdout_alone_and_words_to_stderr(run: Run) -> None:
    _, out, err = run("keys", "create", "--role", "station")
    assert out.startswith("ps_")
    assert len(out.split()) == 1
    assert "cannot be shown again" in err


def test_keys_are_listed_without_their_secrets_and_revoked(run: Run) -> None:
    made = json.loads(run("keys", "create", "--role", "station", "--json")[1])
    code, out, _ = run("keys", "list", "--json")
    assert code == 0
    assert [one["id"] for one in json.loads(out)] == [made["id"]]
    assert made["key"].split("_")[2] not in out
    assert run("keys", "revoke", made["id"])[0] == 0
    assert json.loads(run("keys", "list", "--json")[1])[0]["revoked_at"]
    code, _, err = run("keys", "revoke", made["id"])
    assert code == 1
    assert "no valid key" in err
    assert made["id"] in run("keys", "list")[1]


def test_wrong_usage_exits_2(run: Run) -> None:
    assert run("keys", "create", "--role", "king")[0] == 2
    assert run("keys", "create")[0] == 2
    code, _, err = run("keys", "create", "--role", "station", "--name", "x" * 200)
    assert code == 2
    assert "at most 128" in err


def test_upgrade_says_what_it_did(run: Run) -> None:
    assert f"from revision none to {wanted_revision()}" in run("db", "upgrade")[1]
    assert "up to date" in run("db", "upgrade")[1]


def test_verify_names_breaks_and_exits_1(run: Run, home: Path) -> None:
    assert run("db", "verify")[0] == 1  # no store yet, and none was made by asking
    assert not home.exists()
    run("db", "upgrade")
    code, out, _ = run("db", "verify")
    assert (code, out) == (0, "0 records and 0 pictures are whole and in order.\n")
    with open_store(Settings(home=home)).writing() as connection:
        connection.execute(text("UPDATE chain_head SET seq = 7"))
    code, _, err = run("db", "verify")
    assert code == 1
    assert "chain head: The head says record 7 is the last" in err
    code, out, _ = run("db", "verify", "--json")
    assert code == 1
    assert json.loads(out)["problems"][0]["code"] == "chain_head_wrong"


def test_rekey_says_what_it_did_and_makes_no_store(run: Run, home: Path) -> None:
    assert run("db", "rekey")[0] == 1
    assert not home.exists()
    run("db", "upgrade")
    assert run("db", "rekey")[:2] == (
        0,
        "The keys of 0 items were compared with their manifests, those of 0 made anew.\n",
    )


def test_an_outdated_store_is_named(run: Run, home: Path) -> None:
    run("db", "upgrade")
    with open_store(Settings(home=home)).writing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    code, _, err = run("db", "verify")
    assert code == 1
    assert "db upgrade" in err


def test_a_home_that_cannot_be_used_is_named(run: Run, home: Path) -> None:
    home.write_text("a file")
    code, _, err = run("keys", "create", "--role", "station")
    assert code == 1
    assert "cannot be used" in err
    assert "Traceback" not in err


def test_a_keys_limits_are_made_listed_and_taken_over(run: Run) -> None:
    options = ("--station", "belt-*", "--station", "yard", "--expires", "90d", "--requests-per-minute", "60")
    made = json.loads(run("keys", "create", "--role", "station", *options, "--json")[1])
    assert (made["stations"], made["requests_per_minute"], made["state"]) == (["belt-*", "yard"], 60, "valid")
    code, out, err = run("keys", "rotate", made["id"], "--overlap", "2h", "--json")
    assert code == 0
    assert "goes on until" in err
    successor = json.loads(out)
    assert (successor["replaces"], successor["stations"]) == (made["id"], made["stations"])
    states = {one["id"]: one["state"] for one in json.loads(run("keys", "list", "--json")[1])}
    assert states == {made["id"]: "expires soon", successor["id"]: "valid"}
    assert run("keys", "rotate", successor["id"], "--overlap", "0")[0] == 0
    table = run("keys", "list")[1]
    for shown in (made["id"], successor["id"], "expired", "belt-*", "a minute"):
        assert shown in " ".join(table.split()), shown
    assert run("keys", "rotate", successor["id"])[0] == 1  # it has ended


@pytest.mark.parametrize(
    "options",
    [
        ("--expires", "soon"), ("--expires", "2020-01-01"), ("--expires", "2027-01-31T10:00:00"),
        ("--expires", "9999999d"), ("--expires", "2027-02-30"), ("--station", "a**"), ("--requests-per-minute", "0"),
        ("--certificate", "nothing"),
    ],
)  # fmt: skip
def test_limits_that_cannot_be_are_wrong_usage(run: Run, options: tuple[str, str]) -> None:
    code, out, err = run("keys", "create", "--role", "station", *options)
    assert (code, out) == (2, "")
    assert options[0] in err or options[1] in err
    assert json.loads(run("keys", "list", "--json")[1]) == []


def test_a_date_is_the_last_day_on_which_a_key_works() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert expiry("2027-01-31", now) == datetime(2027, 2, 1, tzinfo=UTC)
    assert expiry("2027-01-31T18:00:00+01:00", now) == datetime(2027, 1, 31, 17, tzinfo=UTC)
    assert expiry("12h", now) == datetime(2026, 11, 23, tzinfo=UTC)
    assert expiry("30m", now) == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
