"""The real service in processes of its own: started, watched, killed, stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.helpers.cli_runs import Ended, ending
from tests.helpers.cluster import free_port
from tests.soak.http_wire import Answer, Connection, ConnectionLost, Request

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 40.0
POLL_S = 0.02
SERVICE_NICENESS = 5


class SoakError(Exception):
    """The harness itself cannot go on: the service does not start, a command fails."""


@dataclass
class ServiceProcess:
    """`parcel-screening serve` over one home; every start is another process group on the same port."""

    home: Path
    database_url: str = ""
    workers: int = 2
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    commands_in_process: bool = False
    """Commands run in this process, because starting one costs a second; the soak itself does as an operator does."""
    log: Path = field(init=False)
    """What the service says; beside the home unless somebody moves it."""
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log = self.home.parent / f"{self.home.name}.log"

    @property
    def base(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The URL of the store."""
        return self.database_url or f"sqlite:///{self.home / 'store.sqlite3'}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the service and of the commands beside it."""
        own = {"PARCEL_SCREENING_HOME": str(self.home), "PARCEL_SCREENING_LOG_FORMAT": "json", **self.settings}
        if self.database_url:
            own["PARCEL_SCREENING_DATABASE_URL"] = self.database_url
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PARCEL_SCREENING_")}
        return {**kept, **own, "PYTHONUNBUFFERED": "1"}

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str] | Ended:
        """Run `parcel-screening` beside the service."""
        if self.commands_in_process:
            own = {"database_url": self.database_url} if self.database_url else {}
            return ending(self.home, *arguments, **own)
        words = [sys.executable, "-m", "cli", *arguments]
        return subprocess.run(
            words, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
        )

    def make_key(self, role: str = "admin") -> str:
        """Return a new key of the store."""
        done = self.command("keys", "create", "--role", role, "--json")
        if done.returncode:
            raise SoakError(f"keys create: {done.stderr}")
        return str(json.loads(done.stdout)["key"])

    def launch(self) -> None:
        """Start the processes and return at once."""
        # The callers stand for other machines, so they must not wait for the processors that the service takes.
        nicely = ["nice", "-n", str(SERVICE_NICENESS)]
        serve = [sys.executable, "-m", "cli", "serve", "--port", str(self.port), "--workers", str(self.workers)]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*nicely, *serve], env=self.environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
            )

    def start(self) -> float:
        """Start it and return the seconds until it was ready."""
        began = time.monotonic()
        self.launch()
        self.wait_ready()
        return time.monotonic() - began

    def wait_ready(self, limit: float = START_SECONDS) -> float:
        """Return the seconds until `/readyz` says 200.

        Raises:
            SoakError: It ended, or did not become ready.
        """
        began = time.monotonic()
        while time.monotonic() - began < limit:
            if self.process is None or self.process.poll() is not None:
                break
            answer = self.readiness()
            if answer and answer.status == 200:
                return time.monotonic() - began
            time.sleep(POLL_S)
        raise SoakError(f"{self.base} is not ready; its log ends:\n{self.log_end()}")

    def readiness(self) -> Answer | None:
        """Return what `/readyz` says; None where nobody answers."""
        connection = Connection(self.base, timeout=10.0)
        try:
            return connection.ask(Request("GET", "/readyz"))
        except ConnectionLost:
            return None
        finally:
            connection.close()

    def pids(self) -> list[int]:
        """Return the main process, its workers, and the processes that read their pictures."""
        if self.process is None:
            return []
        workers = self.worker_pids()
        return [self.process.pid, *workers, *(one for worker in workers for one in children_of(worker))]

    def worker_pids(self) -> list[int]:
        """Return the processes that answer requests."""
        return [] if self.process is None else children_of(self.process.pid)

    def kill(self) -> None:
        """SIGKILL to all processes at once, and wait until they are gone."""
        if self.process is None:
            return
        pids = self.pids()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        while any(_alive(pid) for pid in pids):
            time.sleep(0.002)
        self.process = None

    def stop(self) -> int:
        """Send SIGTERM and wait; returns the exit code.

        Raises:
            SoakError: It did not stop.
        """
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.wait_stopped()

    def wait_stopped(self) -> int:
        """Wait until it has ended, after a signal; returns the exit code.

        Raises:
            SoakError: It did not end; it is killed then.
        """
        if self.process is None:
            return 0
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise SoakError(f"the service did not stop within {STOP_SECONDS:.0f} s of SIGTERM") from error
        self.process = None
        return code

    def log_end(self, lines: int = 15) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that run."""
    # Linux counts a child with the thread that started it.
    try:
        names = [name for thread in Path(f"/proc/{pid}/task").iterdir() for name in _read(thread / "children").split()]
    except OSError:
        return []
    return [int(name) for name in names if _alive(int(name)) and not _is_tracker(int(name))]


def _read(path: Path) -> str:
    """Return a file's text; none where the thread has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""


def _is_tracker(pid: int) -> bool:
    # multiprocessing keeps one helper process of its own beside spawned workers.
    try:
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and not yet reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}
