"""Homes of our own service: made once with a key and some earlier parcels, then copied for every run.

Every run so begins with the same history, on either database.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.postgres import Cluster
from benchmarks.serving.servers import ROOT, Launch, post, running
from benchmarks.serving.traffic import Parcel

SERVE = ("-m", "cli", "serve", "--port", "{port}", "--workers")
TABLE = "screening"


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder, its database, and a key that may do everything.

    Attributes:
        folder: The home folder.
        key: Of role admin.
        cluster: Where the database is; None: SQLite in the folder.
        database: Its name there.
    """

    folder: Path
    key: str
    cluster: Cluster | None = None
    database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the service reads of it."""
        found = {"PARCEL_SCREENING_HOME": str(self.folder), "PARCEL_SCREENING_LOG_FORMAT": "json"}
        found["PARCEL_SCREENING_DRAIN_SECONDS"] = "0"  # no balancer has to be told
        return found | ({"PARCEL_SCREENING_DATABASE_URL": self.cluster.url(self.database)} if self.cluster else {})

    def copy(self, folder: Path) -> Home:
        """Return a copy that a run may write into."""
        shutil.copytree(self.folder, folder)
        if self.cluster:
            self.cluster.execute("DROP DATABASE IF EXISTS run WITH (FORCE)")
            self.cluster.execute(f"CREATE DATABASE run TEMPLATE {self.database}")
        return Home(folder, self.key, self.cluster, "run" if self.cluster else "")

    def screenings(self) -> int:
        """Return how many screenings are on record."""
        if self.cluster:
            return int(str(self.cluster.execute(f"SELECT count(*) FROM {TABLE}", self.database)[0][0]))
        return rows_of(self.folder / "store.sqlite3")


def rows_of(database: Path, table: str = TABLE) -> int:
    """Return how many rows a table of an SQLite file has."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def made(folder: Path, past: Iterable[Parcel], cluster: Cluster | None = None) -> Home:
    """Make a home that has screened the given parcels, through its own batch route."""
    database = "prefilled" if cluster else ""
    if cluster:
        cluster.execute(f"CREATE DATABASE {database}")
    home = Home(folder, _key(Home(folder, "", cluster, database)), cluster, database)
    with running(launch(home, 2), folder.with_suffix(".log")) as server:
        headers = {"Authorization": f"Bearer {home.key}", "Content-Type": "application/x-ndjson"}
        for block in _blocks(past, 2000):
            post(server.port, "/v1/screenings:batch", b"\n".join(parcel.body for parcel in block), headers)
    return home


def launch(home: Home, workers: int) -> Launch:
    """Return how to start the service as an operator does."""
    return Launch(command=(sys.executable, *SERVE, str(workers)), environment=home.environment, ready="/readyz")


def launch_unrecorded(home: Home, workers: int) -> Launch:
    """Return how to start the service without its record."""
    module = ("-m", "benchmarks.serving.peers.unrecorded", "--port", "{port}", "--workers", str(workers))
    return Launch(command=(sys.executable, *module), environment=home.environment, ready="/readyz")


def _key(home: Home) -> str:
    command = [sys.executable, "-m", "cli", "keys", "create", "--role", "admin", "--json"]
    environment = {**os.environ, **home.environment}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return str(json.loads(done.stdout)["key"])


def _blocks(past: Iterable[Parcel], size: int) -> Iterable[tuple[Parcel, ...]]:
    iterator = iter(past)
    while block := tuple(itertools.islice(iterator, size)):
        yield block
