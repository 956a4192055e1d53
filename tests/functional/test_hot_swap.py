"""A real server under a stream of requests takes a promoted model, and the one before again, without losing any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from bundle_copies import copy_of_shipped
from click.testing import CliRunner
from serving import environment, serving
from streams import Stream

from cli.main import root
from models.bundle import shipped_bundles


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
