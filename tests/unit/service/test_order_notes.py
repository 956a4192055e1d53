"""The store remembers the orders of the procedure's history, so that those which are cut off are missed."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli_runs import run_command

from service.live import LiveTools
from service.order_notes import missing_orders, note_orders, noted_orders
from service.order_watch import order_notes_part
from service.screening import Tools
from service.settings import Settings
from service.store.store import Store
from sop.registry.change import Order, switch
from sop.registry.events import HISTORY, By, folder_of

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def orders(home: Path, *reasons: str) -> None:
    for number, reason in enumerate(reasons):
        order = Order(at=START.replace(minute=number), by=By(f"k{number}", "", "admin"), reason=reason)
        assert switch(home, "stop" if number % 2 == 0 else "resume", order)


def history(home: Path) -> Path:
    return folder_of(home) / HISTORY


def test_orders_that_were_cut_off_or_written_anew_are_missed(store: Store, store_settings: Settings) -> None:
    home = store_settings.home
    orders(home, "first", "second", "third")
    note_orders(store, home)
    note_orders(store, home)
    assert (len(noted_orders(store)), missing_orders(store, home)) == (3, ())
    whole = history(home).read_bytes()
    history(home).write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    assert missing_orders(store, home) == ("key k2 at 2026-11-22 09:02:00 UTC",)
    shutil.rmtree(folder_of(home))
    orders(home, "another first")  # a whole new history, its chain in order
    assert len(missing_orders(store, home)) == 3
    history(home).write_bytes(whole)
    assert missing_orders(store, home) == ()


def test_a_running_service_says_that_orders_are_missing_until_they_are_back(
    store: Store, store_settings: Settings, caplog: pytest.LogCaptureFixture, bare_tools: Tools
) -> None:
    home = store_settings.home
    orders(home, "first", "second")
    live = LiveTools(lambda: bare_tools, [order_notes_part(store_settings, store)])
    live.look()
    assert len(noted_orders(store)) == 2
    whole = history(home).read_bytes()
    history(home).write_bytes(whole.splitlines(keepends=True)[0])
    with caplog.at_level(logging.ERROR):
        live.look()
    (notice,) = live.current().warnings
    assert (notice.code, notice.message.split()[:3]) == ("orders_missing", ["1", "order", "is"])
    assert "orders are missing" in caplog.text
    history(home).write_bytes(whole)
    live.look()
    assert live.current().warnings == ()


@pytest.fixture
def bare_tools() -> Tools:
    """Stands in for tools: the part looks at nothing but their warnings."""
    tools: Any = Tools(
        package=SimpleNamespace(), risk=None, xray=None, limits=SimpleNamespace(), selection_secret=b""  # type: ignore[arg-type]
    )  # fmt: skip
    return tools


def test_verify_compares_the_history_with_the_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_command(home, "keys", "create", "--role", "admin")
    orders(home, "first", "second")
    assert "2 lines" in run_command(home, "sop", "history", "--verify").stdout
    history(home).write_bytes(history(home).read_bytes().splitlines(keepends=True)[0])
    found = run_command(home, "sop", "history", "--verify", code=1).stderr
    assert "an order by key k1 at 2026-11-22 09:01:00 UTC that the history lacks" in found
