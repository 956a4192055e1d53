"""All cases of the benchmark, and the goals that are judged by them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.serving.cases import Case, Start, bentoml, mlserver, ours, uvicorn
from benchmarks.serving.ours import launch_unrecorded
from benchmarks.serving.traffic import Parcel

Body = Callable[[Parcel, str], bytes]
Check = Callable[[dict[str, Any], Parcel, float], str]
SAME = 1e-9
WORKERS = (1, 2)
SHORT_WITH_TWO = {"ours-sqlite", "fastapi-record"}
"""What a short run also does with two workers."""
WITH_ONE = {"ours-again", "fastapi-record-inline", "fastapi-record-row", "fastapi-score-quick", "fastapi-score-row",
            "mlserver-score-row", "bentoml-score-row"}  # fmt: skip
"""What is run with one worker only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A ratio that was asked for.

    Attributes:
        text: The goal in words.
        case: The name of our case, without the number of workers.
        peer: That of the peer.
        figure: `requests_per_second` or `p99_ms`, ours divided by the peer's.
        least: The ratio must be at least this; None: no such bound.
        most: At most this; None: no such bound.
    """

    text: str
    case: str
    peer: str
    figure: str
    least: float | None = None
    most: float | None = None

    def met(self, ratio: float) -> bool:
        """Whether a ratio is what was asked for."""
        return (self.least is None or ratio >= self.least) and (self.most is None or ratio <= self.most)


RATE, P99 = "requests_per_second", "p99_ms"
GOALS = (
    Goal(text="screening: at least 4 x (a)", case="ours-sqlite", peer="fastapi-record", figure=RATE, least=4.0),
    Goal(text="screening: p99 at most 1/8", case="ours-sqlite", peer="fastapi-record", figure=P99, most=0.125),
    Goal(text="PostgreSQL: at least 4 x (a)", case="ours-postgresql", peer="fastapi-record", figure=RATE, least=4.0),
    Goal(text="PostgreSQL: p99 at most 1/8", case="ours-postgresql", peer="fastapi-record", figure=P99, most=0.125),
    Goal(text="beside (a*), no threads", case="ours-sqlite", peer="fastapi-record-inline", figure=RATE),
    Goal(text="beside (a*): p99", case="ours-sqlite", peer="fastapi-record-inline", figure=P99),
    Goal(text="beside (a+), our quick features", case="ours-sqlite", peer="fastapi-record-quick", figure=RATE),
    Goal(text="beside (a+): p99", case="ours-sqlite", peer="fastapi-record-quick", figure=P99),
    Goal(text="beside (a'), features given", case="ours-sqlite", peer="fastapi-record-row", figure=RATE),
    Goal(text="beside (a'), features given: p99", case="ours-sqlite", peer="fastapi-record-row", figure=P99),
    Goal(text="the record leaves at least 80 %", case="ours-sqlite", peer="ours-unrecorded", figure=RATE, least=0.8),
    Goal(text="score: at least 1.8 x bare FastAPI", case="ours-score", peer="fastapi-score", figure=RATE, least=1.8),
    Goal(text="score: at least 2.5 x MLServer", case="ours-score", peer="mlserver-score", figure=RATE, least=2.5),
    Goal(text="score: at least 10 x BentoML", case="ours-score", peer="bentoml-score", figure=RATE, least=10.0),
    Goal(text="beside (b+), our quick features", case="ours-score", peer="fastapi-score-quick", figure=RATE),
    Goal(text="beside bare FastAPI, features given", case="ours-score", peer="fastapi-score-row", figure=RATE),
    Goal(text="beside MLServer, features given", case="ours-score", peer="mlserver-score-row", figure=RATE),
    Goal(text="beside BentoML, features given", case="ours-score", peer="bentoml-score-row", figure=RATE),
    Goal(text="noise: the same server again", case="ours-again", peer="ours-sqlite", figure=RATE),
    Goal(text="noise: the same server again, p99", case="ours-again", peer="ours-sqlite", figure=P99),
)  # fmt: skip


def catalogue() -> list[Case]:
    """Return all cases, in the order in which a round runs them: peers between ours."""
    record, score, infer = "/v1/screenings", "/v1/scores", "/v2/models/risk/infer"
    return [
        *_cases("ours-sqlite", "ours, SQLite", ours("sqlite"), record, manifest, screened),
        *_cases("fastapi-record", "(a) FastAPI, reasons, record", recording, "/screenings", manifest, recorded),
        *_cases("ours-postgresql", "ours, PostgreSQL", ours("postgresql"), record, manifest, screened),
        *_cases("fastapi-record-row", "(a') the same, features given", recording, "/screenings/row", given, recorded),
        *_cases("ours-unrecorded", "ours without the record", unrecorded, record, manifest, screened),
        *_cases(
            "fastapi-record-quick",
            "(a+) the same, our quick features",
            recording,
            "/screenings/quick",
            manifest,
            recorded,
        ),
        *_cases(
            "fastapi-record-inline", "(a*) (a) without threads", recording, "/screenings/inline", manifest, recorded
        ),
        *_cases("ours-again", "ours, SQLite, again", ours("sqlite"), record, manifest, screened),
        *_cases("ours-score", "ours, score only", ours("sqlite", recording=False), score, manifest, scored),
        *_cases("fastapi-score", "(b) bare FastAPI", scoring, "/scores", manifest, scored),
        *_cases("mlserver-score", "(b) MLServer", mlserver, infer, inference, inferred),
        *_cases("bentoml-score", "(b) BentoML", bentoml, "/score", wrapped, scored),
        *_cases(
            "fastapi-score-quick", "(b+) bare FastAPI, our quick features", scoring, "/scores/quick", manifest, scored
        ),
        *_cases("fastapi-score-row", "(b') bare FastAPI, features given", scoring, "/scores/row", given, scored),
        *_cases("mlserver-score-row", "(b') MLServer, features given", mlserver, infer, inference_given, inferred),
        *_cases("bentoml-score-row", "(b') BentoML, features given", bentoml, "/score_row", given, scored),
    ]


unrecorded = ours("sqlite", launch_unrecorded, recording=False)
recording, scoring = uvicorn("fastapi_record", keeps=True), uvicorn("fastapi_score")


def _cases(name: str, title: str, start: Start, path: str, body: Body, check: Check) -> list[Case]:
    short = name in SHORT_WITH_TWO
    return [
        Case(
            name=name,
            title=title,
            workers=workers,
            start=start,
            path=path,
            body=body,
            given=body in {given, inference_given},
            check=check,
            full_only=workers > 1 and not short,
        )
        for workers in WORKERS
        if workers == 1 or name not in WITH_ONE
    ]


def manifest(parcel: Parcel, features: str) -> bytes:
    """Return the manifest as it is."""
    return parcel.body


def given(parcel: Parcel, features: str) -> bytes:
    """Return number and features."""
    return f'{{"item_id":"{parcel.item_id}","features":{features}}}'.encode()


def wrapped(parcel: Parcel, features: str) -> bytes:
    """Return the manifest as the argument of a function of BentoML."""
    return b'{"manifest":' + parcel.body + b"}"


def inference(parcel: Parcel, features: str) -> bytes:
    """Return the manifest as one string of the Open Inference Protocol."""
    return inference_of("BYTES", "[" + json.dumps(parcel.body.decode(), ensure_ascii=False) + "]", "[1]")


def inference_given(parcel: Parcel, features: str) -> bytes:
    """Return the features as a row of the Open Inference Protocol."""
    return inference_of("FP32", features, f"[1,{features.count(',') + 1}]")


def inference_of(datatype: str, data: str, shape: str) -> bytes:
    """Return one input of the Open Inference Protocol."""
    return f'{{"inputs":[{{"name":"x","shape":{shape},"datatype":"{datatype}","data":{data}}}]}}'.encode()


def screened(answer: dict[str, Any], parcel: Parcel, score: float) -> str:
    """Look at our own answer; its score also rests on the history."""
    whole = 0.0 < answer["risk"]["score"] < 1.0 and answer["risk"]["reasons"] and answer["decision"]["lane"]
    right = answer["item_id"] == parcel.item_id and not answer["decision"]["degraded"]
    return "" if whole and right else f"not a whole answer about {parcel.item_id}: {answer}"


def scored(answer: dict[str, Any], parcel: Parcel, score: float) -> str:
    """Look at an answer that is number and score."""
    return _same(answer["score"], score) if answer["item_id"] == parcel.item_id else "about another parcel"


def recorded(answer: dict[str, Any], parcel: Parcel, score: float) -> str:
    """Look at the answer of peer (a)."""
    if answer["item_id"] != parcel.item_id or not answer["risk"]["reasons"]:
        return "about another parcel, or without reasons"
    return _same(answer["risk"]["score"], score)


def inferred(answer: dict[str, Any], parcel: Parcel, score: float) -> str:
    """Look at an answer of the Open Inference Protocol."""
    return _same(answer["outputs"][0]["data"][0], score)


def _same(found: float, wanted: float) -> str:
    return "" if math.isclose(found, wanted, rel_tol=SAME) else f"score {found}, not {wanted}"
