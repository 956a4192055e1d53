"""The processes of `serve`: a worker that cannot start waits before it ends; all of them stay light."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from features.errors import InputError, UsageError
from sample_images.parcels import SAMPLES
from service import draining, wsgi
from service.auth import create_key
from service.server import check_tls
from service.settings import Settings
from service.store.store import open_store

ROOT = Path(__file__).parents[3]
CRASH_LOOP_SECONDS = 5.5
"""The server stops all workers when one ends within so many seconds of its start."""


def test_a_worker_that_cannot_start_waits_and_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waited: list[float] = []

    def broken(_settings: Any, **_more: Any) -> None:
        raise InputError("policy.yaml: cannot be used.")

    monkeypatch.setattr(wsgi, "create_app", broken)
    monkeypatch.setattr(wsgi.time, "sleep", waited.append)
    with pytest.raises(SystemExit) as ended:
        wsgi.create()
    assert ended.value.code == InputError.exit_code
    assert sum(waited) > CRASH_LOOP_SECONDS
    assert "the worker cannot start" in caplog.text


MAIN = {"prometheus_client", "flask", "onnxruntime"}
"""The figures' library reads where to write when it is loaded; the others are for workers."""
NOBODY = {
    "lightgbm", "sklearn", "scipy", "pandas", "numba", "joblib", "alembic", "torch", "psycopg", "cryptography",
}  # fmt: skip
"""For training, tables of parcels, new tables of the store, PostgreSQL, signatures: two seconds of every start."""
IF_THERE = {"python-dotenv", "setuptools"}
"""Flask and Python itself load them where they are installed, and go without them where not."""
START = f"""
import gc, json, sys
import cli.main, cli.serve
print("numpy" in sys.modules)  # else it would start its threads before `serve` can say how many
import service.server
print(sorted(({MAIN} | {NOBODY}) & set(sys.modules)))
gc.disable()
from service.wsgi import create
app = create()
manifest, key = json.loads(sys.stdin.read())
sent = app.test_client().post("/v1/screenings", json=manifest, headers={{"Authorization": "Bearer " + key}})
app.extensions["parcel_screening"].tools.look()
from importlib.metadata import packages_distributions
from service.front import rsgi, crowded
import granian.server
there, loaded = packages_distributions(), {{name.partition(".")[0] for name in sys.modules}}
print(json.dumps(sorted({{one for name in loaded for one in there.get(name, ())}})))
print(sent.status_code, bool(sent.json["risk"]["reasons"]), gc.isenabled(), sorted({NOBODY} & set(sys.modules)))
"""


def test_what_a_start_and_a_screening_do_not_need_is_not_loaded(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with contextlib.closing(open_store(settings)) as store:
        store.upgrade()
        _, key = create_key(store, "station", "belt", datetime.now(UTC))
    manifest = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=ROOT, env={**os.environ, "PARCEL_SCREENING_HOME": str(tmp_path)},
        input=json.dumps([manifest, key]), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    first, heavy, distributions, last = done.stdout.splitlines()
    assert [first, heavy, last] == ["False", "[]", "201 True True []"]
    # An environment for development has more than the service's own, where what is not locked would be missing.
    lock = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
    locked = {canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    assert {canonicalize_name(one) for one in json.loads(distributions)} - locked <= {"parcel-screening"} | IF_THERE


def test_tls_files_that_cannot_be_used_are_named_before_anything_starts(tmp_path: Path) -> None:
    text = tmp_path / "server.pem"
    text.write_text("no certificate")
    for settings, words in (
        (Settings(tls_certificate=text), "both a certificate and its key"),
        (Settings(tls_client_ca=text), "name a certificate and its key as well"),
        (Settings(tls_certificate=text, tls_key=text), "cannot be used"),
        (Settings(tls_certificate=tmp_path / "none.pem", tls_key=text), "cannot be used"),
    ):
        with pytest.raises(UsageError, match=words) as refused:
            check_tls(settings)
        assert all("server.pem" in problem.path for problem in refused.value.problems)
    check_tls(Settings())


@pytest.mark.parametrize("fault", [None, ValueError])
def test_a_worker_that_was_told_to_stop_puts_things_away_and_stops_whatever_happens(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception] | None
) -> None:
    happened: list[object] = []

    def drained() -> None:
        happened.append("drained")
        if fault:
            raise fault

    monkeypatch.setattr(draining.signal, "sigwait", lambda _which: None)
    monkeypatch.setattr(draining.signal, "getsignal", lambda _which: None)
    draining._drain_when_told(draining.Draining(), 0.0, drained, happened.append)
    assert happened == ["drained", 0]
