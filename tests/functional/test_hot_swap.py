"""A real server under a stream of requests takes a promoted model, and the one before again, without losing any."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from bundle_copies import copy_of_shipped
from click.testing import CliRunner
from serving import environment, serving, session

from cli.main import root
from models.bundle import shipped_bundles
from sample_images.parcels import SAMPLES

MOST_SECONDS = 30
"""What the test waits at most; the service promises two seconds on a machine that is not busy with other tests."""
PAUSE = 0.02
"""Between two requests of a connection, so that the stream leaves some of the machine to what it is to meet."""


@dataclass
class Stream:
    """Screens the same parcel again and again, over a few connections, until told to stop."""

    base: str
    env: dict[str, str]
    answers: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Stream:
        self.client = session(self.env)
        key = self.client.headers["Authorization"]
        self.threads = [threading.Thread(target=self._run, args=(key,)) for _ in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    def _run(self, key: Any) -> None:
        manifest = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))
        with requests.Session() as client:
            client.headers["Authorization"] = key
            while not self.ended.is_set():
                try:
                    answer = client.post(f"{self.base}/v1/screenings", json=manifest, timeout=30)
                except requests.RequestException as error:
                    self.failures.append(repr(error))
                    continue
                time.sleep(PAUSE)
                if answer.status_code == 201:
                    self.answers.append(answer.json())
                else:
                    self.failures.append(answer.text)

    def wait(self, what: Callable[[dict[str, Any]], bool], count: int = 5) -> list[dict[str, Any]]:
        """Wait until `count` answers in a row, the newest, are so; return all answers since the call."""
        start, deadline = len(self.answers), time.monotonic() + MOST_SECONDS
        while time.monotonic() < deadline:
            since = self.answers[start:]
            if len(since) >= count and all(what(one) for one in since[-count:]):
                return since
            time.sleep(0.05)
        raise AssertionError(f"not within {MOST_SECONDS} s: {self.answers[-1:]} {self.failures[:3]}")


def risk_version(answer: dict[str, Any]) -> Any:
    return answer["versions"]["risk_model"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "home")


def run(env: dict[str, str], *words: object) -> str:
    done = CliRunner().invoke(root, [*map(str, words)], env=env)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_promotion_and_rollback_under_a_stream_of_requests(env: dict[str, str], tmp_path: Path) -> None:
    first, second = shipped_bundles("risk")[-1].name, "risk-synthetic-9.0.0"
    # The copy speaks for another base rate, so its scores differ: an answer that mixed the two would be seen.
    bundle = copy_of_shipped(tmp_path, "risk", "9.0.0", contents=other_base_rate())
    with serving(env, workers=2) as (base, _), Stream(base, env) as stream:
        stream.wait(lambda answer: risk_version(answer) == first)
        run(env, "models", "promote", bundle, "--force", "--reason", "a drill")
        stream.wait(lambda answer: risk_version(answer) == second, count=20)
        run(env, "models", "rollback", "risk", "--reason", "the drill is over")
        stream.wait(lambda answer: risk_version(answer) == first, count=20)
        # A promotion that leads nowhere: the model goes on, and every answer says that another one was meant.
        (Path(env["PARCEL_SCREENING_HOME"]) / "models" / "promoted-risk").symlink_to("gone-1.0.0")
        stream.wait(lambda answer: "risk_model_not_replaced" in codes(answer), count=20)
        state = requests.get(f"{base}/readyz", timeout=10)
        assert (state.status_code, state.json()["status"]) == (200, "degraded")
        assert state.json()["checks"]["risk_model"] == "not_replaced"
        figures = stream.client.get(f"{base}/metrics", timeout=10).text
        assert 'parcel_screening_replacement_refused{part="risk_model"} 1.0' in figures
        assert 'result="taken"' in figures
    assert stream.failures == []
    scores = {(risk_version(answer), answer["risk"]["score"]) for answer in stream.answers}
    assert {version for version, _ in scores} == {first, second}
    assert len(scores) == 2, scores  # each version has its own score, always
    assert {risk_version(answer) for answer in stream.answers if codes(answer) == ["risk_model_not_replaced"]} == {
        first
    }


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["warnings"] if one["code"].startswith("risk_model")]


def other_base_rate() -> dict[str, bytes]:
    raw = json.loads((shipped_bundles("risk")[-1] / "calibration.json").read_bytes())
    return {"calibration.json": json.dumps({**raw, "base_rate": raw["base_rate"] / 10}).encode()}
