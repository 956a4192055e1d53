"""The disk is full, read-only, or the picture folder cannot be written: 503, nothing lost, and it passes by itself."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from service import leftovers
from service.settings import Settings
from service.store.errors import StoreUnavailable
from service.store.sweep import orphans
from service.store.verify import verify

PARCEL = {"channel": "courier", "origin_country": "GB", "destination_country": "MX", "items": [{"hs_code": "610510"}]}
needs_mount = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="mounting a tmpfs needs root")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.decode()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(disk: Path) -> Iterator[None]:
    # Bound over itself: files that are open would refuse to let the file system itself become read-only.
    subprocess.run(["mount", "--bind", disk, disk], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", disk], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def refused(answer: Any) -> None:
    assert (answer.status_code, answer.json["code"]) == (503, "store_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def as_before(desk: Any, before: Any) -> None:
    """What was answered is still there, the next parcel is screened, and nothing in the store is half."""
    assert desk.screen({**PARCEL, "item_id": "after"}).status_code == 201
    assert desk.get(before.headers["Location"]).data == before.data
    assert verify(desk.service.store).problems == ()
    root = desk.service.store.pictures.root
    assert list(root.glob(".incoming/*")) == []


@needs_mount
def test_a_full_disk_is_an_outage_that_passes(make_desk: Any, disk: Path, scan: bytes) -> None:
    desk = make_desk(Settings(home=disk / "home"))
    before = desk.send(scan, manifest={**PARCEL, "item_id": "before"})
    assert before.status_code == 201
    with full(disk):
        for _ in range(3):
            refused(desk.screen({**PARCEL, "item_id": "meanwhile"}))
            refused(desk.send(scan + b"another", manifest={**PARCEL, "item_id": "with a picture"}))
        refused(desk.get(before.headers["Location"]))  # nobody reads without that being noted
    as_before(desk, before)


@needs_mount
def test_a_read_only_disk_is_an_outage_that_passes(make_desk: Any, disk: Path, scan: bytes) -> None:
    desk = make_desk(Settings(home=disk / "home"))
    before = desk.screen({**PARCEL, "item_id": "before"})
    with read_only(disk):
        desk.service.store.close()  # every connection is opened anew, as in a worker that comes up now
        for _ in range(3):
            refused(desk.screen({**PARCEL, "item_id": "meanwhile"}))
            refused(desk.send(scan, manifest={**PARCEL, "item_id": "with a picture"}))
    as_before(desk, before)


def test_a_full_database_is_an_outage_that_passes(desk: Any) -> None:
    """The same without a disk of its own: SQLite is told that its file may not grow."""
    engine = desk.service.store.engine
    before = desk.screen({**PARCEL, "item_id": "before"})

    def bound(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # it takes the present size for the bound

    event.listen(engine, "connect", bound)
    engine.dispose()
    answers = [desk.screen({**PARCEL, "item_id": f"m{number}"}) for number in range(9)]
    refused(answers[-1])
    event.remove(engine, "connect", bound)
    as_before(desk, before)


def test_a_picture_that_cannot_be_written_leaves_nothing_behind(desk: Any, scan: bytes) -> None:
    """The same for pictures: no file of this process may be so large."""
    before = desk.send(scan, manifest={**PARCEL, "item_id": "before"})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(StoreUnavailable, match="File too large"):
            desk.service.store.pictures.keep(scan + bytes(2_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    as_before(desk, before)


def test_a_picture_folder_that_is_none_is_an_outage_of_pictures_alone(desk: Any, scan: bytes) -> None:
    root = desk.service.store.pictures.root
    before = desk.screen({**PARCEL, "item_id": "before"})
    root.parent.mkdir(exist_ok=True)
    root.write_text("not a folder", encoding="ascii")
    refused(desk.send(scan, manifest={**PARCEL, "item_id": "meanwhile"}))
    assert desk.screen({**PARCEL, "item_id": "manifest alone"}).status_code == 201
    root.unlink()
    as_before(desk, before)


def test_pictures_of_refused_records_are_removed_and_those_of_others_stay(
    any_desk: Any, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftovers, "SETTLED_S", 0.0)
    store = any_desk.service.store
    before = any_desk.send(scan, manifest={**PARCEL, "item_id": "before"})
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE chain_head RENAME TO gone"))
    refused(any_desk.send(scan, scan + b"its own", manifest={**PARCEL, "item_id": "meanwhile"}))
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO chain_head"))
    until = time.monotonic() + 20
    while orphans(store) and time.monotonic() < until:
        time.sleep(0.02)
    assert orphans(store) == 0
    as_before(any_desk, before)


def test_half_written_pictures_of_killed_processes_are_put_away_at_start(make_desk: Any, tmp_path: Path) -> None:
    folder = make_desk(Settings(home=tmp_path)).service.store.pictures
    folder.scratch.mkdir(parents=True)
    old, new = folder.scratch / "old", folder.scratch / "new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    make_desk(Settings(home=tmp_path))
    assert (old.exists(), new.exists()) == (False, True)
