"""`POST /v1/scores`: the number of a screening, without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sample_images.parcels import SAMPLES
from service.app import create_app
from service.auth import create_key
from service.composition import load_tools
from service.screening import Tools
from service.settings import Settings
from service.store.store import Store, open_store
from service.store.tables import screening

MANIFEST = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return replace(load_tools(Settings(home=tmp_path_factory.mktemp("home"))), xray=None)


@dataclass
class Desk:
    client: FlaskClient
    store: Store

    def recorded(self) -> int:
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(screening)).scalar_one()


def desk_of(home: Path, tools: Tools, role: str = "analyst") -> Desk:
    settings = Settings(home=home)
    store = open_store(settings)
    app = create_app(settings, tools=tools, store=store)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {create_key(store, role, 'x', datetime.now(UTC))[1]}"
    return Desk(client, store)


@pytest.fixture
def desk(tmp_path: Path, tools: Tools) -> Iterator[Desk]:
    made = desk_of(tmp_path / "home", tools, "admin")
    yield made
    made.store.close()


def test_a_score_is_that_of_a_screening_and_leaves_nothing_behind(desk: Desk) -> None:
    as_new = desk.client.post("/v1/scores", json=MANIFEST)
    assert (as_new.status_code, desk.recorded()) == (200, 0)
    first = desk.client.post("/v1/screenings", json=MANIFEST).json
    other = {**MANIFEST, "item_id": "another of the same people"}
    known, unknown = (desk.client.post(f"/v1/scores?history={one}", json=other).json for one in "10")
    assert desk.recorded() == 1
    screened = desk.client.post("/v1/screenings", json=other).json
    for name in ("score", "percentile"):
        assert as_new.json[name] == pytest.approx(first["risk"][name], abs=1e-9)
        assert known[name] == pytest.approx(screened["risk"][name], abs=1e-9)
    assert known["score"] != unknown["score"]
    assert (as_new.json["history"], known["history"]) == (False, True)
    assert known["versions"].items() <= screened["versions"].items()
    assert set(known) == {"item_id", "score", "percentile", "history", "versions"}


@pytest.mark.parametrize(
    ("query", "body", "media_type", "code"),
    [
        ("", b"{", "application/json", "not_json"),
        ("", b'{"item_id": "x"}', "application/json", "invalid"),
        ("?history=yes", b"{}", "application/json", "invalid"),
        ("", b"<x/>", "text/xml", "unsupported_media_type"),
    ],
)
def test_what_cannot_be_scored_is_refused(desk: Desk, query: str, body: bytes, media_type: str, code: str) -> None:
    refused: Any = desk.client.post(f"/v1/scores{query}", data=body, content_type=media_type).json
    assert refused["code"] == code


def test_without_a_model_there_is_no_score(tmp_path: Path, tools: Tools) -> None:
    desk = desk_of(tmp_path / "home", replace(tools, risk=None))
    refused = desk.client.post("/v1/scores", json=MANIFEST)
    assert (refused.status_code, refused.json["code"]) == (503, "no_risk_model")
    desk.store.close()
