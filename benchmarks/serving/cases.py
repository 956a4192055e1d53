"""What is compared: each case is a server, how a parcel is put to it, and how its answers are checked."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.serving.environments import Environment
from benchmarks.serving.load import Request
from benchmarks.serving.ours import Home, launch, rows_of
from benchmarks.serving.servers import Launch, Running, free_port, running
from benchmarks.serving.traffic import Parcel

PEERS = "benchmarks.serving.peers"


@dataclass(frozen=True, slots=True)
class Site:
    """What cases are started from.

    Attributes:
        folder: For what a run writes; emptied after each.
        homes: Prefilled homes by database, `sqlite` and `postgresql`.
        environments: Of the peers, by name.
    """

    folder: Path
    homes: dict[str, Home]
    environments: dict[str, Environment]


@dataclass(frozen=True, slots=True)
class Started:
    """A case's server: how to reach it, its processor time and its records so far, and whether it should record."""

    running: Running
    headers: dict[str, str]
    cpu_seconds: Callable[[], float]
    records: Callable[[], int] = int
    recording: bool = False


Start = Callable[[Site, int], contextlib.AbstractContextManager[Started]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One server under load.

    Attributes:
        name: Its name in the results, without the number of workers.
        title: Its name for readers.
        workers: Processes that answer.
        start: Starts it.
        path: Where parcels are sent.
        body: The body for a parcel's manifest, or for its number and features.
        given: Whether the features are given, so that only the model is asked.
        check: Returns what is wrong with an answer, or nothing; takes the answer and the score that the model gives.
        full_only: Left out of a short run.
    """

    name: str
    title: str
    workers: int
    start: Start
    path: str
    body: Callable[[Parcel, str], bytes]
    given: bool
    check: Callable[[dict[str, Any], Parcel, float], str]
    full_only: bool = False

    @property
    def label(self) -> str:
        """Name and number of workers."""
        return f"{self.name}-{self.workers}"

    def request(self, parcel: Parcel, features: str, headers: dict[str, str]) -> Request:
        """Return the bytes to send for a parcel."""
        body = self.body(parcel, features)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        return Request(head.encode() + body, parcel, features)


JSON = {"Content-Type": "application/json"}


def ours(database: str, how: Callable[[Home, int], Launch] = launch, recording: bool = True) -> Start:
    """Return how to start our own service, and whether what is asked of it is to be recorded."""

    @contextlib.contextmanager
    def start(site: Site, workers: int) -> Iterator[Started]:
        home = site.homes[database].copy(site.folder / "home")
        with running(how(home, workers), site.folder / "server.log") as server:
            behind = home.cluster.cpu_seconds if home.cluster else float
            headers = JSON | {"Authorization": f"Bearer {home.key}"}
            yield Started(server, headers, lambda: server.cpu_seconds() + behind(), home.screenings, recording)

    return start


def uvicorn(module: str, keeps: bool = False) -> Start:
    """Return how to start a FastAPI application."""

    @contextlib.contextmanager
    def start(site: Site, workers: int) -> Iterator[Started]:
        database = site.folder / "peer.sqlite3"
        command = (site.environments["fastapi"].program("uvicorn"), f"{PEERS}.{module}:app", "--port", "{port}")
        options = ("--workers", str(workers), "--no-access-log", "--log-level", "warning")
        how = Launch(
            command=(*command, *options), environment={"PEER_DATABASE_URL": f"sqlite:///{database}"}, ready="/ready"
        )
        with running(how, site.folder / "server.log") as server:
            yield Started(server, JSON, server.cpu_seconds, lambda: rows_of(database) if keeps else 0, keeps)

    return start


@contextlib.contextmanager
def bentoml(site: Site, workers: int) -> Iterator[Started]:
    """Start BentoML."""
    home = site.folder / "bentoml"
    command = (site.environments["bentoml"].program("bentoml"), "serve", f"{PEERS}.bentoml_score:Risk")
    environment = {"PEER_WORKERS": str(workers), "BENTOML_HOME": str(home), "BENTOML_DO_NOT_TRACK": "True"}
    how = Launch(command=(*command, "--port", "{port}", "-q"), environment=environment, ready="/readyz")
    with running(how, site.folder / "server.log") as server:
        yield Started(server, JSON, server.cpu_seconds)


@contextlib.contextmanager
def mlserver(site: Site, workers: int) -> Iterator[Started]:
    """Start MLServer: with one worker in its own process, which is its fastest way, else with a pool of so many."""
    folder = site.folder / "mlserver"
    folder.mkdir()
    settings = {"debug": False, "host": "127.0.0.1", "parallel_workers": workers if workers > 1 else 0}
    (folder / "settings.json").write_text(json.dumps(settings | {"metrics_endpoint": None}))
    model = {"name": "risk", "implementation": f"{PEERS}.mlserver_score.Risk"}
    (folder / "model-settings.json").write_text(json.dumps(model))
    command = (site.environments["mlserver"].program("mlserver"), "start", str(folder))
    environment = {"MLSERVER_HTTP_PORT": "{port}", "MLSERVER_GRPC_PORT": str(free_port())}
    how = Launch(command=command, environment=environment, ready="/v2/health/ready")
    with running(how, site.folder / "server.log") as server:
        yield Started(server, JSON, server.cpu_seconds)
