"""A private PostgreSQL server: fsync on, loopback only, in a temporary folder, as a user other than root."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks.serving.servers import cpu_of_tree, free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
USER = "parcel"


class Cluster:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.port = folder, folder / "data", free_port()

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement outside a transaction and return its rows, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        return cpu_of_tree(int((self.data / "postmaster.pid").read_text().split()[0]))

    def run(self, program: str, *arguments: object) -> None:
        """Run one of PostgreSQL's programs."""
        as_other = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []  # they refuse to run as root
        command = [*as_other, str(PROGRAMS[-1].parent / program), *map(str, arguments)]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server for as long as the context lasts."""
    folder = Path(tempfile.mkdtemp(prefix="parcel-pg-", dir="/tmp"))  # short: a socket's path has 107 bytes
    if os.geteuid() == 0:
        other = pwd.getpwnam("nobody")
        os.chown(folder, other.pw_uid, other.pw_gid)
    made = Cluster(folder)
    options = f"-p {made.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=on"
    try:
        made.run("initdb", "-D", made.data, "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale")
        made.run("pg_ctl", "-D", made.data, "-w", "-l", folder / "log", "-o", options, "start")
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            made.run("pg_ctl", "-D", made.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
