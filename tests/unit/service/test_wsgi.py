"""The processes of `serve`: a worker that cannot start waits before it ends; the main process stays light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from features.errors import InputError, UsageError
from service import draining, wsgi
from service.server import check_tls
from service.settings import Settings

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


def test_the_main_process_loads_nothing_that_only_workers_need() -> None:
    # The figures' library reads where to write when it is loaded; the others would cost every start a second.
    heavy = ("prometheus_client", "flask", "lightgbm", "sklearn", "pandas", "onnxruntime", "numba")
    code = f"import sys, service.server; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


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
