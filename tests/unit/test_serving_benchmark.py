"""The benchmark of serving: its load is what it says, a bad answer counts as one, and ratios are of the same round."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.serving import profile, results, traffic
from benchmarks.serving.document import fill
from benchmarks.serving.load import Plan, Request, load
from benchmarks.serving.measure import Run
from benchmarks.serving.traffic import Parcel, parcels
from features.identifiers import parse_s10
from features.manifest_schema import parse_manifest_json


def test_every_parcel_is_new_and_most_senders_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "DRAWN", 300)
    monkeypatch.setattr(traffic, "BASES", 100)
    sent = list(itertools.islice(parcels(5, first=70), 400))
    manifests = [parse_manifest_json(parcel.body) for parcel in sent]
    assert len({manifest.item_id for manifest in manifests}) == len(sent)
    assert all(parse_s10(manifest.item_id) for manifest in manifests)
    senders = [manifest.sender.account_id for manifest in manifests if manifest.sender]
    once = sum(senders.count(sender) == 1 for sender in senders)
    assert 0.3 < once / len(senders) < 0.9
    assert 900 < sum(len(parcel.body) for parcel in sent) / len(sent) < 2500


class _Handler(BaseHTTPRequestHandler):
    """Answers, and says no to every parcel whose number ends in 3."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503 if body.endswith(b"3") else 201)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_answers_that_are_none_are_errors_and_samples_belong_to_their_requests(port: int) -> None:
    def requests() -> Iterator[Request]:
        for number in itertools.count():
            body = b"parcel %d" % number
            head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body)
            yield Request(head + body, Parcel(str(number), body))

    marks: list[int] = []
    plan = Plan(connections=3, warm=0.05, seconds=0.3)
    outcome = load(port, requests(), plan, lambda: marks.append(1))
    assert len(marks) == 2
    assert outcome.good >= len(outcome.latencies) > 0
    assert outcome.errors > 0
    assert outcome.first_error.startswith("HTTP/1.1 503")
    assert outcome.samples
    assert all(body == request.parcel.body for request, body in outcome.samples)
    assert all(0 < one < 1 for one in outcome.latencies)


def run(case: str, number: int, rate: float, p99: float) -> Run:
    return Run(
        case=case, round=number, requests_per_second=rate, p50_ms=1.0, p99_ms=p99, errors=0, cpu_ms=1.0,
        generator=0.1, others=0.0, stolen=0.0, load_average=0.0, records=0, first_error="",
    )  # fmt: skip


def test_ratios_are_of_the_same_round_and_a_goal_is_judged_by_their_median() -> None:
    ours = [run("ours-sqlite-1", number, rate, p99=10.0) for number, rate in enumerate((400.0, 4500.0, 100.0))]
    peer = [run("fastapi-record-1", number, rate, p99=100.0) for number, rate in enumerate((100.0, 1000.0, 50.0))]
    found = {one.goal.text: one for one in results.judged([*ours, *peer])}
    rate = found["screening: at least 4 x (a)"]
    assert (rate.ratio.median, rate.ratio.least, rate.ratio.most) == (4.0, 2.0, 4.5)
    assert rate.met
    assert found["screening: p99 at most 1/8"].met
    assert not next(one for one in results.judged([*ours[2:], *peer[2:]]) if one.goal == rate.goal).met
    assert all(one.workers == 1 for one in found.values())


def test_a_table_goes_between_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    document = tmp_path / "doc.md"
    document.write_text("a\n<!-- one -->\nold\n<!-- /one -->\nb\n")
    fill(document, "one", "new")
    assert document.read_text() == "a\n<!-- one -->\nnew\n<!-- /one -->\nb\n"
    with pytest.raises(ValueError, match="two"):
        fill(document, "two", "new")


def test_a_sample_counts_for_the_outermost_stage_and_waiting_counts_for_none() -> None:
    screened = "create (service/routes/screenings.py:50);screen_to_record (service/recording.py:90)"
    raw = (
        f"{screened};assess (models/risk.py:9);measure (features/measures.py:1) 7\nrun (x.py:1);wait (threading.py:2) 9"
    )
    assert {profile.stage_of(stack): count for stack, count in profile.stacks(raw).items()} == {
        "risk: score and reasons": 7
    }
    assert profile.stage_of(screened) == profile.LEFT
