"""A running service takes what is promoted, and keeps what it has where the new one cannot be used."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import pytest
from bundle_copies import copy_of_shipped

from features.errors import CheckFailed
from models.bundle import open_bundle
from models.card import Kind
from models.registry import add, locked, switch
from models.trust import TRUST_ALL
from service.composition import live_tools, load_tools
from service.live import LiveTools, Part
from service.metrics import Metrics
from service.screening import Notice, Tools, versions
from service.settings import Settings

KIND: Kind = "xray"  # the quicker of the two to load; both go the same way


def put_in_use(home: Path, folder: Path | None) -> None:
    with locked(home):
        switch(home, KIND, add(home, open_bundle(folder, KIND), TRUST_ALL) if folder else None)


def title(tools: Tools) -> str | None:
    return tools.xray.title if tools.xray else None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_a_promoted_model_is_taken_and_what_was_taken_before_does_not_change(
    settings: Settings, tmp_path: Path
) -> None:
    live = live_tools(settings, metrics := Metrics())
    before = live.current()
    put_in_use(settings.home, copy_of_shipped(tmp_path, KIND, "3.0.0"))
    live.look()
    assert (title(before), title(live.current())) == ("xray-synthetic-2.0.0", "xray-synthetic-3.0.0")
    assert [card.title for card in live.current().cards if card.kind == KIND] == ["xray-synthetic-3.0.0"]
    assert live.current().risk is before.risk  # only what changed is loaded again
    put_in_use(settings.home, None)
    live.look()
    assert title(live.current()) == "xray-synthetic-2.0.0"
    figures = metrics.exposition().decode()
    assert 'parcel_screening_replacements_total{part="xray_model",result="taken"} 2.0' in figures
    shown = [line for line in figures.splitlines() if line.startswith("parcel_screening_versions{")]
    assert [line.endswith(" 1.0") for line in shown if "xray-synthetic-2.0.0" in line] == [True]
    assert [line.endswith(" 0.0") for line in shown if "xray-synthetic-3.0.0" in line] == [True]


def test_nothing_is_loaded_while_nothing_changes(settings: Settings) -> None:
    live = live_tools(settings)
    before = live.current()
    live.look()
    assert live.current() is before


def test_what_does_not_load_leaves_the_old_one_in_service_and_says_so_until_it_is_mended(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = live_tools(settings, metrics := Metrics())
    put_in_use(settings.home, copy_of_shipped(tmp_path, KIND, "3.0.0", contents={"detector.onnx": b"\x08no network"}))
    with caplog.at_level(logging.ERROR):
        live.look()
    assert title(live.current()) == "xray-synthetic-2.0.0"
    (notice,) = [one for one in live.current().warnings if one.code == "xray_model_not_replaced"]
    assert "xray-synthetic-2.0.0 goes on" in notice.message
    assert str(tmp_path) not in notice.message
    assert "xray_model not replaced" in caplog.text
    assert 'parcel_screening_replacement_refused{part="xray_model"} 1.0' in metrics.exposition().decode()
    put_in_use(settings.home, None)
    live.look()
    assert [one for one in live.current().warnings if one.code == "xray_model_not_replaced"] == []
    assert 'parcel_screening_replacement_refused{part="xray_model"} 0.0' in metrics.exposition().decode()


def test_a_promotion_that_leads_nowhere_leaves_the_old_one_in_service(settings: Settings) -> None:
    live = live_tools(settings)
    (settings.home / "models").mkdir(parents=True)
    (settings.home / "models" / "promoted-xray").symlink_to("gone-1.0.0")
    live.look()
    assert title(live.current()) == "xray-synthetic-2.0.0"
    assert "xray_model_not_replaced" in [one.code for one in live.current().warnings]


def test_a_model_missing_at_the_start_is_taken_when_it_comes(settings: Settings, tmp_path: Path) -> None:
    (settings.home / "models").mkdir(parents=True)
    (settings.home / "models" / "promoted-xray").symlink_to("gone-1.0.0")
    live = live_tools(settings)
    assert title(live.current()) is None
    put_in_use(settings.home, copy_of_shipped(tmp_path, KIND, "3.0.0"))
    live.look()
    assert title(live.current()) == "xray-synthetic-3.0.0"
    assert "xray_model_unavailable" not in [one.code for one in live.current().warnings]


def test_what_changes_while_the_first_ones_are_loaded_is_seen(settings: Settings, tmp_path: Path) -> None:
    loaded = load_tools(settings)
    seen = iter(["before", "after"])
    part = Part("model", lambda: next(seen), lambda tools: tools, lambda tools: tools)
    observed: list[str] = []

    class Observer:
        def taken(self, part: str, tools: Tools) -> None:
            observed.append(part)

        def refused(self, part: str) -> None:
            raise AssertionError(part)

    LiveTools(lambda: loaded, [part], Observer()).look()
    assert observed == ["model"]


def test_a_part_that_failed_is_tried_again_later(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_tools(settings)
    mark, tries = ["a"], 0

    def rebuilt(tools: Tools) -> Tools:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise CheckFailed("not yet")
        return tools

    live = LiveTools(lambda: loaded, [Part("model", lambda: mark[0], rebuilt, lambda tools: tools)])
    mark[0] = "b"
    live.look()
    live.look()
    assert tries == 1
    now = time.monotonic()
    monkeypatch.setattr("service.live.time.monotonic", lambda: now + 60.0)
    live.look()
    live.look()
    assert tries == 2


def test_the_thread_outlives_any_failure_and_ends_when_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.live.LOOK_SECONDS", 0.01)
    loaded = load_tools(settings)
    marks = iter([0, 1])
    done = threading.Event()

    def mark() -> int:
        try:
            return next(marks)
        except StopIteration:
            done.set()
            raise RuntimeError("the disk is gone") from None

    def rebuilt(tools: Tools) -> Tools:
        raise MemoryError

    def kept(tools: Tools) -> Tools:
        return Tools(
            package=tools.package, risk=None, xray=None, limits=tools.limits, selection_secret=b"",
            warnings=(Notice("kept", "kept"),),
        )  # fmt: skip

    live = LiveTools(lambda: loaded, [Part("model", mark, rebuilt, kept)])
    live.start()
    assert done.wait(10)
    (thread,) = [one for one in threading.enumerate() if one.name == "live-tools"]
    assert [one.code for one in live.current().warnings] == ["kept"]
    live.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_a_named_model_comes_before_what_is_promoted(settings: Settings, tmp_path: Path) -> None:
    named = Settings(home=settings.home, xray_model=copy_of_shipped(tmp_path, KIND, "3.0.0"))
    live = live_tools(named)
    put_in_use(settings.home, copy_of_shipped(tmp_path, KIND, "4.0.0"))
    live.look()
    assert versions(live.current()).xray_model == "xray-synthetic-3.0.0"
