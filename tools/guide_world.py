"""A home with a month behind it, for the guide: invented parcels, screened by the product at moments of that month."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from ulid import ULID

from features.manifest_schema import parse_manifest_json
from service.auth import create_key
from service.composition import load_tools
from service.recording import screen_and_record
from service.screening import ScreeningRequest
from service.settings import Settings
from service.store import findings
from service.store.findings import Finding
from service.store.store import Store, open_store
from training.parcels.generate import YEAR, generate

SEED = 5
ILLICIT = 0.02
MONTH = timedelta(days=30)
WORLD_YEAR = timedelta(days=366)
STATION = "hub-1"
NOT_A_SECRET = "5" * 64
"""The draw of a real home is secret; the guide's must come out the same each time."""
START_SECONDS = 60
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class World:
    """Invented parcels: those of the month before `end`, and those of the morning after it."""

    month: Sequence[dict[str, Any]]
    morning: Sequence[dict[str, Any]]
    end: datetime


def make_world(month: int, morning: int, end: datetime) -> World:
    """Return so many parcels for the month and for the morning, the same for the same numbers."""
    parcels = list(generate(month + morning, SEED, ILLICIT))
    return World(parcels[:month], parcels[month:], end)


def settle(home: Path, world: World) -> dict[str, str]:
    """Fill a home with the month, and return a key for an author, a colleague and a station."""
    (home / "selection.key").write_text(NOT_A_SECRET, encoding="ascii")
    settings = Settings.from_environment({"PARCEL_SCREENING_HOME": str(home)})
    store = open_store(settings)
    try:
        store.upgrade()
        _screen_month(settings, store, world)
        roles = {"author": "sop_author", "colleague": "sop_author", "station": "station"}
        now = datetime.now(UTC)
        return {name: create_key(store, role, name.capitalize(), now)[1] for name, role in roles.items()}
    finally:
        store.close()


def _screen_month(settings: Settings, store: Store, world: World) -> None:
    tools = load_tools(settings)
    first = datetime(YEAR, 1, 1, tzinfo=UTC)
    for record in world.month:
        done = (datetime.fromisoformat(record["screened_at"]) - first) / WORLD_YEAR
        at = world.end - MONTH * (1 - done)
        request = ScreeningRequest(manifest=_manifest(record, at), station_id=STATION)
        recorded = screen_and_record(request, tools, store, key_id=None, at=at)
        if recorded.screening and (found := _found(record, recorded.screening.decision.lane)) is not None:
            _find(store, recorded.screening_id, record, found, at)


def _manifest(record: dict[str, Any], at: datetime) -> Any:
    manifest = {**record["manifest"], "declared_at": (at - timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return parse_manifest_json(json.dumps(manifest).encode())


def _found(record: dict[str, Any], lane: str) -> bool | None:
    """Return what officers came to know: of all that they open, and of some that they scan; None: nothing."""
    if lane in ("detain", "examine"):
        return bool(record["label"])
    return record.get("found") if lane == "scan" else None


def _find(store: Store, screening_id: str, record: dict[str, Any], found: bool, at: datetime) -> None:
    finding = Finding(
        id=str(ULID.from_datetime(at)),
        screening_id=screening_id,
        item_id=record["manifest"]["item_id"],
        created_at=at + timedelta(hours=5),
        key_id=None,
        found="illicit" if found else "nothing",
        parts=tuple(record["contents"]) if found else (),
    )
    with store.writing() as connection:
        findings.append(connection, finding)


@contextmanager
def service(home: Path, log: Path) -> Iterator[str]:
    """Run the real service on a free port of loopback and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PARCEL_SCREENING_HOME": str(home)}
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def send(address: str, key: str, parcels: Sequence[dict[str, Any]]) -> None:
    """Send parcels to the service, as a station's software does."""
    lines = "".join(json.dumps(one["manifest"]) + "\n" for one in parcels)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    answer = requests.post(f"{address}/v1/screenings:batch", data=lines.encode(), headers=headers, timeout=120)
    refused = [line for line in answer.text.splitlines() if '"lane"' not in line]
    if answer.status_code != 200 or refused:
        raise RuntimeError(f"the service refused parcels: {answer.status_code} {refused[:1] or answer.text[:500]}")


def _wait_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            if requests.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError(f"the service did not start: {log.read_text()[-2000:]}")
