"""A PostgreSQL server of our own, on loopback, in a temporary folder; for the tests and the soak."""

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

from sqlalchemy import create_engine, text

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
"""Empty where PostgreSQL is not installed."""
USER = "parcel"


class Cluster:
    """One server: fsync on, as a user other than root."""

    def __init__(self, folder: Path) -> None:
        self.bin = BINARIES[-1].parent
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()

    def start(self) -> None:
        """Make the data and start the server on it."""
        self._run("initdb", "-D", self.data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self.resume()

    def resume(self) -> None:
        """Start the server on its existing data."""
        # syncfs: after a crash the server otherwise opens and syncs each of its thousand files before it serves again.
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=on"
        options += " -c recovery_init_sync_method=syncfs"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; `immediate` is its own word for a crash."""
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


@contextlib.contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Yield a server that runs, and remove it and its data afterwards."""
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


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _as_other_user() -> list[str]:
    # initdb and postgres refuse to run as root.
    return ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
