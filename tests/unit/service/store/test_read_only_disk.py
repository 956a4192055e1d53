"""A process that comes up while the disk is read-only works as soon as it is writable again, also while others ask."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from service.settings import Settings
from service.store.errors import StoreUnavailable
from service.store.key_reader import KeyReader
from service.store.store import open_store
from tests.soak.disk import small_disk


def remount(disk: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)


def leave_as_killed(elsewhere: Path, home: Path) -> None:
    """Make a store as a process leaves it that was killed: with its log, whose index is still there too."""
    before = open_store(Settings(home=elsewhere))
    before.upgrade()
    with before.reading():
        shutil.copytree(elsewhere, home)
    before.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a small file system is mounted")
def test_no_connection_of_a_read_only_disk_is_kept(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"):
        settings = Settings(home=tmp_path / "disk" / "home")
        leave_as_killed(tmp_path / "elsewhere", settings.home)
        remount(tmp_path / "disk", "ro")
        store = open_store(settings)
        keys = KeyReader(store.engine)
        with pytest.raises(StoreUnavailable), store.reading():
            pass
        with pytest.raises(StoreUnavailable):
            keys.get("nobody")
        remount(tmp_path / "disk", "rw")
        assert keys.get("nobody") is None
        with store.reading(), store.writing():  # a reader keeps open what SQLite shares in the process
            pass
        keys.close()
        store.close()
