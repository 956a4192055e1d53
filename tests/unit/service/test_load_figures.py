"""What the figures of load say, and what the log line of a slow request says."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from service.load_figures import LoadFigures
from service.metrics import MULTIPROCESS, Metrics
from service.stages import STAGES, Stages


def test_time_is_added_up_by_stage_also_when_a_stage_fails() -> None:
    stages = Stages()
    for failing in (False, True):
        try:
            with stages("risk"):
                time.sleep(0.002)
                if failing:
                    raise ValueError
        except ValueError:
            pass
    assert set(stages.seconds) == {"risk"}
    assert stages.seconds["risk"] >= 0.004


def test_every_stage_is_shown_before_it_first_happens() -> None:
    registry = CollectorRegistry()
    LoadFigures(registry)
    text = generate_latest(registry).decode()
    assert all(f'parcel_screening_stage_seconds_count{{stage="{name}"}} 0.0' in text for name in STAGES)


def test_a_commit_shows_its_size_its_lag_and_what_waits() -> None:
    registry = CollectorRegistry()
    figures = LoadFigures(registry)
    figures.committed(records=7, seconds=0.004, lag=0.02, backlog=3)
    figures.pool("picture", waiting=2, working=1)
    figures.refused("picture", "queue_full")
    text = generate_latest(registry).decode()
    assert "parcel_screening_store_group_records_sum 7.0" in text
    assert "parcel_screening_store_lag_seconds 0.02" in text
    assert "parcel_screening_store_backlog 3.0" in text
    assert 'parcel_screening_waiting{pool="picture"} 2.0' in text
    assert 'parcel_screening_load_refused_total{pool="picture",reason="queue_full"} 1.0' in text


def test_a_pool_shows_who_waits_again_after_nobody_did() -> None:
    registry = CollectorRegistry()
    figures = LoadFigures(registry)
    for waiting in (0, 2, 2, 0, 1):
        figures.pool("manifest", waiting=waiting, working=waiting + 1)
        text = generate_latest(registry).decode()
        assert f'parcel_screening_waiting{{pool="manifest"}} {waiting}.0' in text
        assert f'parcel_screening_working{{pool="manifest"}} {waiting + 1}.0' in text


def test_methods_that_nobody_knows_are_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MULTIPROCESS, raising=False)
    metrics = Metrics()
    for method in ("GET", "BREW", "WHEN", "GET"):
        metrics.answered("(none)", method, 404, 0.001)
    counted = [line for line in metrics.exposition().decode().splitlines() if "http_requests_total{" in line]
    assert [line.split("{")[1] for line in counted] == [
        'method="GET",route="(none)",status="404"} 2.0',
        'method="(other)",route="(none)",status="404"} 2.0',
    ]


def test_what_an_ended_worker_showed_is_forgotten_and_what_it_counted_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    for process_id in (ended.pid, os.getpid()):
        for kind, name in (("gauge_livesum", "working"), ("counter", "failures_total")):
            written = MmapedDict(str(tmp_path / f"{kind}_{process_id}.db"))
            written.write_value(mmap_key(name, name, [], [], ""), 1.0, 0.0)
            written.close()
    monkeypatch.setenv(MULTIPROCESS, str(tmp_path))
    lines = Metrics().exposition().decode().splitlines()
    assert {"working 1.0", "failures_total 2.0"} <= set(lines)
