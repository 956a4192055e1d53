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
