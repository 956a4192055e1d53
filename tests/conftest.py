"""Stores that tests run on: SQLite in a fresh folder, and PostgreSQL in a private cluster on loopback."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, text

from service.settings import Settings
from service.store.store import Store, open_store

# How long a machine takes to make examples says nothing about the product.
hypothesis_settings.register_profile("suite", suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")

POSTGRES_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
USER = "parcel"


class Cluster:
    """A PostgreSQL server of our own: fsync on, loopback only, in a temporary folder, as a user other than root."""

    def __init__(self, folder: Path) -> None:
        self.bin = POSTGRES_BINARIES[-1].parent
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()

    def start(self) -> None:
        self._run("initdb", "-D", self.data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self.resume()

    def resume(self) -> None:
        """Start the server on its existing data."""
        # syncfs: after a crash the server otherwise opens and syncs each of its thousand files before it serves again.
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=on"
        options += " -c recovery_init_sync_method=syncfs"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def fresh_database(self) -> str:
        """Return the URL of an empty schema, as an operator would write it; a schema costs less than a database."""
        name = f"t{uuid.uuid4().hex}"
        engine = create_engine(f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres")
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        engine.dispose()
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{name}"

    def _run(self, program: str, *arguments: object) -> None:
        command = [*_as_other_user(), str(self.bin / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=60, check=False)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_other_user() -> list[str]:
    # initdb and postgres refuse to run as root.
    return ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    if not POSTGRES_BINARIES:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="parcel-pg-", dir="/tmp"))  # short: a socket's path has 107 bytes
    if os.geteuid() == 0:
        other = pwd.getpwnam("nobody")
        os.chown(folder, other.pw_uid, other.pw_gid)
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
            cluster.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a fresh, empty home on each kind of database."""
    if request.param == "sqlite":
        return Settings(home=tmp_path / "home")
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    return Settings(home=tmp_path / "home", database_url=cluster.fresh_database())


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    """An empty store with its tables."""
    opened = open_store(store_settings)
    opened.upgrade()
    yield opened
    opened.close()
