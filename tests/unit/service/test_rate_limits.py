"""Token buckets: the rate holds over any time, is shared by processes, and takes no more memory than the table."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.rate_limits import FILE, PLACES, ROWS, SIZE, Buckets, Rate


@dataclass
class Seconds:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_a_burst_is_given_and_then_the_rate(seconds: Seconds) -> None:
    buckets, rate = Buckets(clock=seconds), Rate(60)  # one a second, ten at once
    assert [buckets.take(b"a", rate) for _ in range(10)] == [0.0] * 10
    wait = buckets.take(b"a", rate)
    assert wait == pytest.approx(1.0)
    assert buckets.take(b"b", rate) == 0.0  # another's bucket
    seconds.now += wait
    assert buckets.take(b"a", rate) == 0.0
    assert buckets.take(b"a", rate) > 0


def test_a_refusal_costs_nothing_and_looking_neither(seconds: Seconds) -> None:
    buckets, rate = Buckets(clock=seconds), Rate(60, burst=1)
    assert buckets.wait(b"a", rate) == buckets.take(b"a", rate) == 0.0
    for _ in range(100):
        assert buckets.take(b"a", rate) == pytest.approx(1.0)
        assert buckets.wait(b"a", rate) == pytest.approx(1.0)
    seconds.now += 1.0
    assert buckets.take(b"a", rate) == 0.0


@given(
    st.integers(1, 6000),
    st.lists(st.floats(0.0, 30.0), min_size=1, max_size=60),
)
def test_never_more_than_the_burst_and_the_rate(per_minute: int, pauses: list[float]) -> None:
    seconds = Seconds()
    buckets, rate = Buckets(clock=seconds), Rate(per_minute)
    given_, start = 0, seconds.now
    for pause in pauses:
        seconds.now += pause
        given_ += sum(buckets.take(b"a", rate) == 0.0 for _ in range(5))
    buckets.close()
    burst = max(1.0, per_minute / 6)
    assert given_ <= burst + (seconds.now - start) * per_minute / 60 + 1e-6
    assert given_ >= 1


def _take_all(folder: Path, count: int) -> None:
    buckets, taken = Buckets(folder), 0
    for _ in range(count):
        taken += buckets.take(b"a", Rate(1, burst=100)) == 0.0
    (folder / f"taken-{os.getpid()}").write_text(str(taken))


def test_processes_share_one_limit(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_take_all, args=(tmp_path, 400)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    taken = [int(file.read_text()) for file in tmp_path.glob("taken-*")]
    assert len(taken) == 3
    assert sum(taken) == 100
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_hundred_thousand_names_take_no_more_room_and_hide_nobody(seconds: Seconds, tmp_path: Path) -> None:
    buckets, rate = Buckets(tmp_path, clock=seconds), Rate(60, burst=2)
    for _ in range(2):
        buckets.take(b"guesser", rate)
    for number in range(ROWS * PLACES // 8):
        buckets.take(str(number).encode(), rate)
    assert (tmp_path / FILE).stat().st_size == SIZE
    # Nearly empty, so it outlasts the many that are nearly full.
    assert buckets.wait(b"guesser", rate) > 0


def test_a_table_full_of_idle_buckets_is_an_empty_one(seconds: Seconds) -> None:
    buckets, rate = Buckets(clock=seconds), Rate(6000, burst=1)
    for number in range(20_000):
        seconds.now += 0.02  # each is full again before the next comes
        assert buckets.take(str(number).encode(), rate) == 0.0
