"""The short soak: it is killed, cut off, filled up and crowded, and loses nothing. `make soak` is the long one."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.soak.desk import Desk, open_desk
from tests.soak.disk import FULL, broken, small_disk
from tests.soak.kill import kills
from tests.soak.ledger import CREATED, REFUSED, STORE_GONE, Ledger
from tests.soak.line import Line
from tests.soak.outage import cut_off
from tests.soak.overload import note
from tests.soak.parcels import parcel
from tests.soak.progress import silent
from tests.soak.store_view import StoreView, lost
from tests.soak.stream import Stream

CROWD = 300


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk where one may be mounted, else a folder."""
    folder = tmp_path_factory.mktemp("soak")
    with small_disk(folder / "disk") if os.geteuid() == 0 else contextlib.nullcontext():
        yield folder / "disk"


@pytest.fixture(scope="module")
def desk(disk: Path) -> Iterator[Desk]:
    """One service for all that happens to it here, on SQLite."""
    with open_desk(disk / "home", "short", workers=1, clients=6, commands_in_process=True) as opened:
        yield opened


def test_what_was_answered_survives_kills_whole(desk: Desk) -> None:
    kills(desk, 2, random.Random(6), silent)
    desk.check_all()
    assert desk.ledger.promises
    assert desk.problems == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a small file system is mounted")
def test_a_full_disk_is_told_and_loses_nothing(desk: Desk, disk: Path) -> None:
    broken(desk, disk, FULL, seconds=0.2)
    desk.check()
    assert desk.load.seconds_of(STORE_GONE)
    assert desk.problems == []


def test_a_crowd_is_served_or_told_and_what_was_refused_is_not_recorded(desk: Desk) -> None:
    crowd = [parcel("crowd", number) for number in range(CROWD)]
    timed = Stream(desk.service.port, desk.key).at_rate(crowd, rate=10_000)
    note(desk, timed)
    desk.check()
    assert {one.status for one in timed} <= {CREATED, *REFUSED}
    assert {one.status for one in timed} >= {CREATED, 503}
    assert desk.problems == []


def test_the_harness_notices_what_is_lost_half_or_changed(desk: Desk, tmp_path: Path) -> None:
    stored = next(one for one in desk.ledger.promises if one.picture_hashes)
    ledger = Ledger(promises=[stored, replace(stored, body=b"{}"), replace(stored, screening_id="0" * 26)])
    assert lost(_copy(desk, tmp_path).everything(ledger)) == 2
    spoilt = _copy(desk, tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as connection, connection:
        for table in ("picture", "idempotency"):
            connection.execute(f"DELETE FROM {table} WHERE screening_id = ?", (stored.screening_id,))
    problems = spoilt.everything(Ledger(promises=[stored]))
    assert lost(problems) == 1
    assert any("0 idempotency keys" in one for one in problems)
    assert any("not the pictures of its answer" in one for one in problems)


def _copy(desk: Desk, folder: Path) -> StoreView:
    """Return a view of a copy of the store, which may be spoilt."""
    target = folder / "copy.sqlite3"
    with contextlib.ExitStack() as opened:
        source, connection = (
            opened.enter_context(contextlib.closing(sqlite3.connect(path)))
            for path in (desk.service.home / "store.sqlite3", target)
        )
        source.backup(connection)
    shutil.copytree(desk.service.home / "pictures", folder / "pictures", dirs_exist_ok=True)
    return StoreView(f"sqlite:///{target}", folder / "pictures")


@pytest.mark.postgres
def test_a_line_that_is_cut_is_told_and_loses_nothing(tmp_path: Path, postgres_cluster: Any) -> None:
    url, line = postgres_cluster.fresh_database(), Line(postgres_cluster.port)
    way = {"database_url": url, "through": line.url(url)}
    with open_desk(tmp_path / "home", "cut", workers=1, clients=4, commands_in_process=True, **way) as desk:
        cut_off(desk, line, Line.cut, seconds=0.5)
        desk.check()
    line.close()
    assert desk.load.seconds_of(STORE_GONE)
    assert desk.problems == []
    assert desk.restarted() == []
