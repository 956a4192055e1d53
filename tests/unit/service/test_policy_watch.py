"""A running service takes the procedure put in force, and keeps the one before where the new one cannot be used."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.errors import CheckFailed, InputError
from service.composition import live_tools, load_tools
from service.in_force import kept_package, package_in_force
from service.live import LiveTools
from service.metrics import Metrics
from service.policy_watch import LAST_USED, first_package, mark, policy_part
from service.screening import Tools
from service.server import check
from service.settings import Settings
from service.stop_switch import stop_part, with_stop
from sop.active import shipped_policy_path
from sop.package import Package
from sop.reading.packages import load_package
from sop.registry.change import Order, activate, approve, rollback, switch
from sop.registry.events import HISTORY, By, folder_of
from sop.registry.versions import kept_digests, version_folder

LIST = """list: origins
kind: country
source: decision 12
issued: 2026-11-01
entries: [SE]
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    return Settings(home=home)


def write(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    text = shipped_policy_path().read_text(encoding="utf-8")
    path = folder / "policy.yaml"
    path.write_text(text.replace('"2026.11-1"', f'"{version}"'), encoding="utf-8")
    return path


def order(key: str) -> Order:
    return Order(at=datetime.now(UTC), by=By(key, "", "sop_author"), reason="a reason")


def put_in_force(settings: Settings, tmp_path: Path, version: str) -> Package:
    package = load_package(write(tmp_path / version, version))
    before = package_in_force(settings)[1]
    approve(settings.home, package, order("1"), in_force=before, examined={})
    activate(settings.home, package, order("2"), in_force=before)
    return package


@pytest.fixture
def bare(settings: Settings) -> Tools:
    """Tools without models, which the procedure's part does not look at."""
    switch(settings.home, "stop", order("1"))
    tools = load_tools(settings)
    switch(settings.home, "resume", order("1"))
    return replace(tools, stopped=None, warnings=())


def watch(settings: Settings, bare: Tools, metrics: Metrics | None = None) -> LiveTools:
    return LiveTools(lambda: bare, [policy_part(settings)], metrics)


def codes(live: LiveTools) -> list[str]:
    return [one.code for one in live.current().warnings]


def test_what_is_activated_and_rolled_back_is_taken(settings: Settings, tmp_path: Path, bare: Tools) -> None:
    live = watch(settings, bare, metrics := Metrics())
    package = put_in_force(settings, tmp_path, "2027.1")
    live.look()
    assert live.current().package == package
    rollback(settings.home, order("1"))
    live.look()
    assert live.current().policy.version == "2026.11-1"
    figures = metrics.exposition().decode()
    assert 'parcel_screening_replacements_total{part="policy",result="taken"} 2.0' in figures


def test_an_order_that_changes_nothing_in_force_loads_nothing(settings: Settings, tmp_path: Path, bare: Tools) -> None:
    put_in_force(settings, tmp_path, "2027.1")
    live, before = watch(settings, bare), mark(settings)
    switch(settings.home, "stop", order("1"))
    assert mark(settings) == before
    live.look()
    assert live.current() is bare


def test_files_of_the_home_or_of_a_setting_are_taken_as_they_change(settings: Settings, bare: Tools) -> None:
    live = watch(settings, bare)
    path = write(settings.home, "2027.1")
    live.look()
    assert live.current().policy.version == "2027.1"
    (settings.home / "lists").mkdir()
    (settings.home / "lists" / "origins.yaml").write_text(LIST)
    live.look()
    assert [one.name for one in live.current().package.lists] == ["origins"]
    path.write_text(path.read_text().replace("lane: detain", "lane: detian"))
    live.look()
    assert (live.current().policy.version, codes(live)) == ("2027.1", ["policy_not_replaced"])
    shutil.rmtree(settings.home / "lists")
    path.unlink()
    live.look()
    assert (live.current().policy.version, codes(live)) == ("2026.11-1", [])


def test_an_override_whose_policy_was_taken_away_puts_nothing_else_in_force_and_loudly_so(
    settings: Settings, bare: Tools, caplog: pytest.LogCaptureFixture
) -> None:
    live, policy = watch(settings, bare), write(settings.home, "2026.12-1")
    (settings.home / "lists").mkdir()
    (settings.home / "lists" / "origins.yaml").write_text(LIST, encoding="utf-8")
    live.look()
    policy.unlink()
    live.look()
    assert (live.current().policy.version, codes(live)) == ("2026.12-1", ["policy_not_replaced"])
    assert "lists/origins.yaml is there and nothing without it" in str([vars(one) for one in caplog.records])


@pytest.mark.parametrize("damage", ["version", "history", "version gone", "history gone"])
def test_what_was_tampered_with_is_not_taken_and_loudly_so(
    settings: Settings, tmp_path: Path, bare: Tools, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    live = watch(settings, bare, metrics := Metrics())
    put_in_force(settings, tmp_path, "2027.1")
    live.look()
    newer = put_in_force(settings, tmp_path, "2027.2")
    file = version_folder(settings.home, newer.digest) / "policy.yaml"
    if damage.startswith("history"):
        file = folder_of(settings.home) / HISTORY
    whole = file.read_bytes()
    file.chmod(0o644)
    file.unlink() if damage.endswith("gone") else file.write_bytes(whole.replace(b"a reason", b"no"))
    if damage == "version":
        file.write_bytes(whole.replace(b"0.05", b"0.99"))
    with caplog.at_level(logging.ERROR):
        live.look()
    assert (live.current().policy.version, codes(live)) == ("2027.1", ["policy_not_replaced"])
    (notice,) = live.current().warnings
    assert "national-parcel-screening 2027.1 goes on" in notice.message
    assert str(tmp_path) not in notice.message
    assert "policy not replaced" in caplog.text
    assert 'parcel_screening_replacement_refused{part="policy"} 1.0' in metrics.exposition().decode()
    with pytest.raises(CheckFailed):
        check(settings)
    file.write_bytes(whole)
    live.look()
    assert (live.current().policy.version, codes(live)) == ("2027.2", [])


def test_a_registry_that_was_taken_away_whole_puts_nothing_else_in_force(
    settings: Settings, tmp_path: Path, bare: Tools
) -> None:
    put_in_force(settings, tmp_path, "2027.1")
    live = LiveTools(
        lambda: replace(bare, package=package_in_force(settings)[1]), [policy_part(settings), stop_part(settings)]
    )
    stop = switch(settings.home, "stop", order("1"))
    live.look()
    whole = folder_of(settings.home).rename(tmp_path / "away")
    live.look()
    assert (live.current().policy.version, live.current().stopped) == ("2027.1", stop)
    assert "policy_not_replaced" in codes(live)
    shutil.rmtree(folder_of(settings.home), ignore_errors=True)
    whole.rename(folder_of(settings.home))
    live.look()
    assert (live.current().policy.version, live.current().stopped) == ("2027.1", stop)
    assert "policy_not_replaced" not in codes(live)


def test_every_procedure_that_decides_is_kept(settings: Settings, bare: Tools) -> None:
    first, _ = first_package(settings)
    live = watch(settings, bare)
    write(settings.home, "2027.1")
    live.look()
    second = live.current().package
    assert set(kept_digests(settings.home)) == {first.digest, second.digest}
    assert kept_package(settings.home, first.digest) == first


def test_a_worker_started_again_goes_on_with_what_was_taken_last(settings: Settings, bare: Tools) -> None:
    path = write(settings.home, "2027.1")
    taken, _ = first_package(settings)
    path.write_text("sop: 1.10\n")
    again, notices = first_package(settings)
    assert (again, [one.code for one in notices]) == (taken, ["policy_not_replaced"])
    with pytest.raises(InputError):
        check(settings)  # a start by hand is refused: whoever stands there can mend it
    (folder_of(settings.home) / LAST_USED).unlink()
    with pytest.raises(InputError):
        first_package(settings)


def test_models_are_off_while_they_are_stopped_also_for_what_is_promoted_meanwhile(settings: Settings) -> None:
    live = live_tools(settings)
    assert live.current().risk is not None
    switch(settings.home, "stop", order("1"))
    live.look()
    stopped = live.current()
    assert (stopped.risk, stopped.xray, stopped.cards) == (None, None, ())
    assert codes(live) == ["rules_only"]
    assert "Reason: a reason" in stopped.warnings[0].message
    (settings.home / "models").mkdir()
    (settings.home / "models" / "promoted-risk").symlink_to("gone-1.0.0")
    live.look()
    assert (live.current().risk, codes(live)) == (None, ["rules_only"])
    assert load_tools(settings).stopped == stopped.stopped  # a restart forgets nothing
    (settings.home / "models" / "promoted-risk").unlink()
    switch(settings.home, "resume", order("2"))
    live.look()
    assert live.current().risk is not None
    assert (live.current().stopped, codes(live)) == (None, [])


def test_the_switch_stays_as_it_is_while_the_history_cannot_be_read(settings: Settings, bare: Tools) -> None:
    stop = switch(settings.home, "stop", order("1"))
    live = LiveTools(lambda: with_stop(bare, stop, settings), [stop_part(settings)])
    file = folder_of(settings.home) / HISTORY
    file.write_bytes(file.read_bytes().replace(b"a reason", b"another", 1))
    live.look()
    assert live.current().stopped == stop
