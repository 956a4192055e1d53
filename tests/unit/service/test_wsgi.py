"""A worker that cannot start waits before it ends, so that the server does not take it for a crash loop."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import InputError
from service import wsgi

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
