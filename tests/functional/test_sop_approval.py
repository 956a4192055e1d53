"""From a candidate to activation and back, as an author, a colleague and an officer type it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cli_runs import Ended, run_command

from cli.sop_init import next_version
from service.auth import create_key, revoke_key
from service.settings import Settings
from service.store.store import open_store

PEOPLE = {"ann": "sop_author", "bob": "admin", "carla": "officer", "dan": "sop_author"}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the store that knows everybody's keys, and a file for each key; Dan's is revoked."""
    folder = tmp_path_factory.mktemp("keys")
    store = open_store(Settings(home=folder))
    store.upgrade()
    for name, role in PEOPLE.items():
        record, key = create_key(store, role, name.title(), datetime.now(UTC))
        (folder / name).write_text(f"{key}\n")
        if name == "dan":
            revoke_key(store, record.id, datetime.now(UTC))
    store.close()
    return folder


class Office:
    """A home, a candidate, and people who give orders."""

    def __init__(self, home: Path, keys: Path) -> None:
        self.home, self.keys = home, keys
        self.candidate = home.parent / "candidate"

    def sop(self, *words: object, who: str | None = None, code: int = 0, **settings: object) -> Ended:
        key = ("--key-file", self.keys / who) if who else ()
        reason = ("--reason", "a good reason") if who else ()
        url = f"sqlite:///{self.keys / 'store.sqlite3'}"
        return run_command(self.home, "sop", *words, *key, *reason, code=code, database_url=url, **settings)

    def change(self, old: str, new: str, file: str = "policy.yaml") -> None:
        path = self.candidate / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def status(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.sop("status", "--json").stdout)
        return found


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Path:
    """A candidate as `sop init` makes it."""
    office = Office(tmp_path_factory.mktemp("begun") / "home", keys)
    office.sop("init", office.candidate, "--version", "2027.01-1")
    return office.candidate


@pytest.fixture
def office(tmp_path: Path, keys: Path, begun: Path) -> Office:
    office = Office(tmp_path / "home", keys)
    shutil.copytree(begun, office.candidate)
    return office


def test_from_a_candidate_to_activation_and_back(office: Office) -> None:
    office.change("0.05", "0.06")
    done = office.sop("approve", office.candidate, who="ann")
    assert "Tested: " in done.stdout
    assert "manifest risk at least 0.06" in done.stdout  # what the approver puts a name under is shown
    assert "is approved by Ann (sop_author, key " in done.stdout
    assert "same key" in office.sop("activate", "2027.01-1", who="ann", code=1).stderr
    assert "Role officer may not do this" in office.sop("activate", "2027.01-1", who="carla", code=1).stderr
    assert "revoked" in office.sop("activate", "2027.01-1", who="dan", code=1).stderr
    assert office.status()["source"] == "shipped"
    assert "is in force; before, " in office.sop("activate", "2027.01-1", who="bob").stdout
    status = office.status()
    assert (status["title"], status["source"]) == ("national-parcel-screening 2027.01-1", "registry")
    assert status["activated"]["by"]["name"] == "Bob"  # type: ignore[index]
    assert status["approved"][0]["by"]["name"] == "Ann"  # type: ignore[index]
    shown = json.loads(office.sop("show", "--json").stdout)
    assert shown["version"] == "2027.01-1"  # the other commands mean it too
    assert "is in force again" in office.sop("rollback", who="ann").stdout
    assert office.status()["title"] == "national-parcel-screening 2026.11-1"
    history = office.sop("history", "--diff").stdout
    for words in ("rolled back", "by Bob (admin, key ", "reason: a good reason", "+ before arrival and manifest risk"):
        assert words in history
    only = json.loads(office.sop("history", "2027.01-1", "--json", "--diff").stdout)
    assert [one["action"] for one in only] == ["approve", "activate"]
    assert any("0.06" in one["after"] for one in only[1]["changes"])
    assert "3 lines, each follows the one before; 2 versions" in office.sop("history", "--verify").stdout


def test_an_activation_to_come_is_shown_and_can_be_called_off(office: Office) -> None:
    office.sop("approve", office.candidate, who="ann")
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    done = office.sop("activate", office.candidate, "--effective", day, who="bob")
    assert f"will be in force from {day} 00:00 UTC (in " in done.stdout
    assert f"To come    national-parcel-screening 2027.01-1 from {day}" in office.sop("status").stdout
    assert office.status()["source"] == "shipped"
    assert "is withdrawn" in office.sop("withdraw", "2027.01-1", who="ann").stdout
    assert office.status()["pending"] == []
    assert "the approval by Ann" in office.sop("withdraw", "2027.01-1", who="bob").stdout
    assert "is not approved" in office.sop("activate", office.candidate, who="bob", code=1).stderr


def test_a_moment_that_is_none_is_wrong_usage(office: Office) -> None:
    office.sop("approve", office.candidate, who="ann")
    for moment in ("tomorrow", "2027-01-01T00:00", "2027-13-01"):
        assert moment in office.sop("activate", "2027.01-1", "--effective", moment, who="bob", code=2).stderr


def test_what_has_errors_or_fails_its_cases_is_not_approved(office: Office) -> None:
    office.change("lane: detain, rule: XR-030", "lane: release, rule: XR-030", "cases.yaml")
    failed = office.sop("approve", office.candidate, who="ann", code=1).stderr
    assert "does not do what its cases expect" in failed
    assert "expected release by XR-030, got detain by XR-030" in failed
    office.change("lane: detain", "lane: detian")
    assert "value_unknown" not in office.sop("approve", office.candidate, who="ann", code=1).stderr
    assert "policy.yaml:" in office.sop("approve", office.candidate, who="ann", code=1).stderr
    assert "Nothing is on record" in office.sop("history").stdout


def test_warnings_are_listed_and_go_on_record(office: Office) -> None:
    office.change("rate: 0.01", "rate: 0.0")
    assert "warning policy.yaml:" in office.sop("approve", office.candidate, who="ann").stdout
    (event,) = json.loads(office.sop("history", "--json").stdout)
    assert {"random_rate_zero"} & {one["code"] for one in event["examined"]["warnings"]}
    assert event["examined"]["cases"] > 0


def test_whoever_drops_the_cases_is_seen_to_do_so(office: Office) -> None:
    (office.candidate / "cases.yaml").unlink()
    done = office.sop("approve", office.candidate, who="ann").stdout
    assert "cases_absent" in done
    assert "case Whole pistol in a toy box  removed" in done
    assert "cases_absent" in office.sop("history", "--json").stdout


def test_a_file_changed_after_approval_or_in_the_registry_is_told(office: Office) -> None:
    office.sop("approve", office.candidate, who="ann")
    office.change("owner: Risk Analysis Unit", "owner: Somebody Else")
    assert "was changed after its approval" in office.sop("activate", office.candidate, who="bob", code=1).stderr
    office.sop("activate", "2027.01-1", who="bob")  # what was approved is kept, whatever became of the folder
    digest = str(office.status()["digest"])
    file = office.home / "sop" / "versions" / digest / "policy.yaml"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"0.05", b"0.99"))
    for command in (("check",), ("status",), ("show",), ("history", "--verify")):
        assert "changed after it was kept" in office.sop(*command, code=1).stderr
    assert "changed after it was kept" in office.sop("versions").stdout
    office.sop("rollback", who="bob")
    assert office.status()["title"] == "national-parcel-screening 2026.11-1"


def test_whose_order_it_is_must_be_known(office: Office, keys: Path, tmp_path: Path) -> None:
    assert "--key-file" in office.sop("stop", "--reason", "x", code=2).stderr
    (tmp_path / "empty").write_text("")
    empty = ("--key-file", tmp_path / "empty")
    assert "is empty" in office.sop("stop", "--reason", "x", *empty, code=3).stderr
    missing = ("--key-file", tmp_path / "none")
    assert "cannot be read" in office.sop("stop", "--reason", "x", *missing, code=3).stderr
    key = (keys / "carla").read_text().strip()
    assert "--reason" in office.sop("stop", "--reason", " ", code=2, key=key).stderr
    office.sop("stop", "--reason", "by the variable", key=key)
    settings = run_command(office.home, "settings", key=key).stdout
    assert key not in settings
    assert "Role officer may not do this" in office.sop("resume", who="carla", code=1).stderr
    assert "by the variable" in office.sop("stop", who="ann", code=1).stderr
    assert "STOPPED" in office.sop("status").stdout
    office.sop("resume", who="ann")
    assert "Models     on" in office.sop("status").stdout


def test_without_any_key_the_way_to_make_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ps_0123456789ab_" + "0" * 64)
    order = ("--reason", "x", "--key-file", tmp_path / "key")
    assert "keys create" in run_command(tmp_path / "home", "sop", "stop", *order, code=1).stderr


def test_a_setting_that_comes_before_what_is_activated_is_told(office: Office) -> None:
    office.sop("approve", office.candidate, who="ann")
    done = office.sop("activate", "2027.01-1", who="bob", sop=office.candidate)
    assert "PARCEL_SCREENING_SOP names" in done.stderr
    shutil.copy(office.candidate / "policy.yaml", office.home)
    assert f"Not used   {office.home / 'policy.yaml'}" in office.sop("status").stdout


def test_an_author_begins_from_what_is_in_force_with_the_editors_help(office: Office) -> None:
    text = (office.candidate / "policy.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=.schemas/policy.schema.json\n")
    assert 'version: "2027.01-1"' in text
    schemas = sorted(path.name for path in (office.candidate / ".schemas").iterdir())
    assert schemas == ["cases.schema.json", "list.schema.json", "override.schema.json", "policy.schema.json"]
    assert "0 errors" in office.sop("check", office.candidate).stdout
    assert "is not empty" in office.sop("init", office.candidate, code=2).stderr
    other = office.candidate.with_name("other")
    assert "is taken" in office.sop("init", other, "--version", "2026.11-1", code=2).stderr
    assert not other.exists()


def test_the_next_version_is_one_that_nobody_has_used(office: Office) -> None:
    """After a rollback the next version of what is in force would be that of what was rolled back."""
    assert next_version("2026.11-1", date(2026, 11, 30)) == "2026.11-2"
    assert next_version("2026.11-9", date(2026, 12, 1)) == "2026.12-1"
    assert next_version("2027.01-1", date(2026, 12, 1)) == "2027.01-2"  # written ahead
    assert next_version("7", date(2026, 12, 1), {"7-next"}) == "7-next-next"
    office.sop("approve", office.candidate, who="ann")
    other = office.candidate.with_name("other")
    assert "is taken" in office.sop("init", other, "--version", "2027.01-1", code=2).stderr
