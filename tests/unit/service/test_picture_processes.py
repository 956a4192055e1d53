"""Pictures are read in processes of their own: same answers, and whatever ends such a process ends nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, get_args

import pytest
from breaking_models import BREAKS, HANGS, KILLS, KILLS_ONCE, Breaking
from prometheus_client import CollectorRegistry, generate_latest
from raw_http import ended
from scanner_profiles import profile
from xray_pictures import colour, png

from models.bundle import open_bundle, shipped_bundles
from models.drawing import draw
from models.loading import load_xray
from models.xray import Picture, PictureLimits, XrayModel, assess_without_model
from sample_images.parcels import SAMPLES
from service.load_figures import LoadFigures
from service.pictures.reader import MODELS, Cause, NotRead, Reader
from service.pictures.readers import Readers
from service.pictures.reading import ReadHere

LIMITS = PictureLimits()
GOOD = Picture(png(colour()), "top")
SECONDS = 2
ENDS_WITHIN_S = 10.0


@dataclass
class Started:
    """The processes that were started, and what was told about those that gave no result."""

    readers: list[Reader] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def start(self) -> Reader:
        self.readers.append(Reader(SECONDS, "text", os.environ))
        return self.readers[-1]


@pytest.fixture
def started() -> Started:
    return Started()


@pytest.fixture
def readers(started: Started) -> Iterator[Readers]:
    pool = Readers(started.start, keep=1)
    pool.tell(started.told.append)
    yield pool
    pool.retire()
    assert not any(one.alive for one in started.readers)


@pytest.fixture(scope="module")
def shipped() -> XrayModel:
    return load_xray(open_bundle(shipped_bundles("xray")[-1], "xray"))


def eventually(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + ENDS_WITHIN_S
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def sample_pictures() -> list[Picture]:
    return [Picture(one.image.read_bytes(), "side") for one in SAMPLES if one.image]


def test_what_comes_from_the_process_is_what_this_one_would_say(readers: Readers, shipped: XrayModel) -> None:
    pictures = [*sample_pictures(), Picture(b"rubbish"), Picture(b"")]
    for model in (shipped, None):
        there = readers.judged(model, pictures, LIMITS, None)
        assert there == ReadHere().judged(model, pictures, LIMITS, None)
    small = PictureLimits(max_side=100)
    assert readers.judged(shipped, [GOOD], small, None) == shipped.assess([GOOD], small)
    result = there.images[0]
    assert readers.drawn(pictures[0].data, result, LIMITS) == draw(pictures[0].data, result, LIMITS)
    assert readers.drawn(b"rubbish", there.images[-2], LIMITS) == draw(b"rubbish", there.images[-2], LIMITS)


def test_one_process_serves_one_picture_after_the_other(readers: Readers, started: Started) -> None:
    readers.warm()
    for _ in range(3):
        readers.judged(Breaking(), [GOOD, GOOD], LIMITS, None)
    assert len(started.readers) == 1


def test_a_picture_that_ends_the_process_twice_is_unreadable_and_the_others_count(
    readers: Readers, started: Started
) -> None:
    found = readers.judged(Breaking(), [Picture(KILLS, "top"), GOOD], LIMITS, None)
    bad, good = found.images
    assert (bad.view, bad.assessment, bad.ability, bad.score) == ("top", "unknown", "unreadable", None)
    assert [one.code for one in bad.problems] == ["failed"]
    assert "twice" in bad.problems[0].message
    assert good == Breaking().assess([GOOD]).images[0]
    assert found.assessment != "clear"
    assert started.told == ["died", "died"]


def test_a_process_that_ends_for_another_reason_costs_no_picture(
    readers: Readers, started: Started, tmp_path: Path
) -> None:
    data = KILLS_ONCE + os.fsencode(tmp_path / "mark")
    found = readers.judged(Breaking(), [Picture(data)], LIMITS, None)
    assert found.images == Breaking().assess([Picture(data)]).images
    assert started.told == ["died"]


def test_one_that_was_killed_while_it_had_nothing_to_do_is_replaced(readers: Readers, started: Started) -> None:
    readers.judged(None, [GOOD], LIMITS, None)
    os.kill(started.readers[0].pid, signal.SIGKILL)
    assert eventually(lambda: not started.readers[0].alive)
    assert readers.judged(None, [GOOD], LIMITS, None) == assess_without_model([GOOD], LIMITS)
    assert (len(started.readers), started.told) == (2, [])


def test_a_picture_that_takes_too_long_is_given_up(readers: Readers, started: Started) -> None:
    began = time.monotonic()
    (image,) = readers.judged(Breaking(), [Picture(HANGS)], LIMITS, None).images
    assert time.monotonic() - began < 2 * SECONDS + ENDS_WITHIN_S
    assert (image.ability, started.told) == ("unreadable", ["slow"])
    assert "too long" in image.problems[0].message
    assert not started.readers[0].alive


def test_an_answer_that_was_not_taken_is_never_that_of_the_next_picture(
    readers: Readers, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(_line: Connection, _most: int) -> bytes:
        raise MemoryError

    with monkeypatch.context() as short:
        short.setattr(Connection, "recv_bytes", no_memory)
        with pytest.raises(MemoryError):
            readers.judged(None, [GOOD], LIMITS, None)
    other = Picture(b"another picture")
    assert readers.judged(None, [other], LIMITS, None) == assess_without_model([other], LIMITS)
    assert len(started.readers) == 2


def test_a_mistake_in_the_process_does_not_end_it(readers: Readers, started: Started) -> None:
    (image,) = readers.judged(Breaking(), [Picture(BREAKS)], LIMITS, None).images
    assert (image.ability, image.problems[0].code, started.told) == ("unreadable", "failed", ["broke"])
    assert started.readers[0].alive


def test_a_picture_whose_drawing_fails_is_a_placard() -> None:
    class Ending:
        alive = False

        def ask(self, job: Any, model: Any = None) -> bytes:
            raise NotRead("died", "exit status -11")

        def close(self) -> None:
            pass

    start: Any = Ending
    result = assess_without_model([GOOD], LIMITS).images[0]
    assert Readers(start, keep=1).drawn(GOOD.data, result, LIMITS) == draw(b"", result, LIMITS)


def test_where_no_process_starts_no_picture_is_clear() -> None:
    def start() -> Reader:
        raise NotRead("not_started", "no memory")

    told: list[str] = []
    readers = Readers(start, keep=1)
    readers.tell(told.append)
    readers.warm()
    found = readers.judged(Breaking(), [GOOD], LIMITS, None)
    assert (found.assessment, found.ability, told) == ("unknown", "unreadable", ["not_started"])
    readers.retire()


def test_a_process_that_cannot_be_started_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(NotRead) as refused:
        Reader(SECONDS, "text", os.environ)
    assert refused.value.cause == "not_started"


def test_an_answer_that_is_no_result_is_not_taken() -> None:
    class Lying:
        alive = True

        def ask(self, job: Any, model: Any = None) -> bytes:
            return b'{"assessment": "clear"}'

        def close(self) -> None:
            pass

    start: Any = Lying
    (image,) = Readers(start, keep=1).judged(None, [GOOD], LIMITS, None).images
    assert (image.assessment, image.ability) == ("unknown", "unreadable")


def test_a_process_holds_few_models_and_learns_those_it_let_go_of_again(readers: Readers, started: Started) -> None:
    for number in [*range(MODELS + 2), 0]:
        model = Breaking(f"breaking-{number}.0.0")
        assert readers.judged(model, [GOOD], LIMITS, None) == model.assess([GOOD])
    assert (len(started.readers), started.told) == (1, [])


def test_a_scanners_profile_goes_along_and_one_of_another_model_is_refused(readers: Readers) -> None:
    model, own = Breaking("planted-1.0.0"), profile()
    assert readers.judged(model, [GOOD], LIMITS, own) == model.assess([GOOD], LIMITS, own)
    with pytest.raises(ValueError, match="made with planted"):
        readers.judged(Breaking(), [GOOD], LIMITS, own)


def test_it_is_told_nothing_of_the_service_and_stands_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARCEL_SCREENING_DATABASE_URL", "postgresql://u:secret@db/x")
    reader = Reader(SECONDS, "text", os.environ)
    try:
        assert "secret" not in Path(f"/proc/{reader.pid}/environ").read_text()
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert eventually(lambda: os.getpriority(os.PRIO_PROCESS, reader.pid) > own)
        assert eventually(lambda: int(Path(f"/proc/{reader.pid}/oom_score_adj").read_text()) > 0)
    finally:
        reader.close()


def test_it_ends_with_the_worker_however_that_ends() -> None:
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, time; from service.pictures.reader import Reader\n"
            "one = Reader(60, 'text', os.environ); print(one.pid, flush=True); time.sleep(600)",
        ],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert worker.stdout is not None
    with worker.stdout as out:
        pid = int(out.readline())
    worker.kill()
    worker.wait()
    assert eventually(lambda: ended(pid))


def test_every_cause_is_a_figure_from_the_start() -> None:
    figures = CollectorRegistry()
    LoadFigures(figures)
    shown = generate_latest(figures).decode()
    for cause in get_args(Cause):
        assert f'parcel_screening_picture_process_failures_total{{cause="{cause}"}} 0.0' in shown
