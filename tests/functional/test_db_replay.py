"""Whole answers are made again from the store with the real models, whatever was changed or removed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cli_runs import ending, run_command
from scanner_profiles import profile
from sqlalchemy import text

from models.bundle import open_bundle, shipped_bundles
from models.scanner_profile_file import write_profile
from service.app import create_app
from service.auth import create_key
from service.context import EXTENSION, Service
from service.settings import Settings
from service.store.store import Store

SAMPLES = Path("sample_images")
PEOPLE = {"sender": {"name": "Ropi Mesafi", "address": ["84 Trizave Square"], "country": "GB"}}


def manifest(item_id: str, **more: Any) -> dict[str, Any]:
    base = {"channel": "courier", "origin_country": "GB", "destination_country": "MX"}
    return {"item_id": item_id, **base, **PEOPLE, "items": [{"description": "steel tube set"}], **more}


@dataclass
class Past:
    """A home where parcels were screened, and the answers by name."""

    home: Path
    store: Store
    answers: dict[str, dict[str, Any]]
    more: dict[str, str]

    def replay(self, *words: str, code: int = 0) -> dict[str, Any]:
        done = run_command(self.home, "db", "replay", *words, "--json", code=code, **self.more)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With everything that may decide: a watch list, the site's own lists, and a scanner's profile."""
    home = tmp_path_factory.mktemp("home")
    (home / "watchlists").mkdir()
    (home / "watchlists" / "seen.csv").write_text("kind,value,source,expires\nname,Ropi Mesafi,case 1,\n", "utf-8")
    (home / "indicators.json").write_text('{"high_value_usd": 5}', encoding="utf-8")
    bundle = open_bundle(shipped_bundles("xray")[-1], "xray")
    write_profile(home, profile(model=bundle.card.title, model_digest=bundle.digest))
    return home


@pytest.fixture(scope="module")
def tools(home: Path) -> Any:
    app = create_app(Settings(home=home, database_url=f"sqlite:///{home / 'first.sqlite3'}"))
    found: Service = app.extensions[EXTENSION]
    return found.tools.current()


@pytest.fixture(scope="module")
def past(home: Path, tools: Any) -> Iterator[Past]:
    """On SQLite."""
    yield from screened(home, tools, "")


@pytest.fixture(scope="module")
def past_elsewhere(home: Path, tools: Any, postgres_cluster: Any) -> Iterator[Past]:
    """On PostgreSQL, with the same home."""
    yield from screened(home, tools, postgres_cluster.fresh_database())


def screened(home: Path, tools: Any, url: str) -> Iterator[Past]:
    """Screen advance data, a second parcel of the same sender with a find between, and one with a picture."""
    app = create_app(Settings(home=home, database_url=url), tools=tools)
    parts: Service = app.extensions[EXTENSION]
    client = app.test_client()
    token = create_key(parts.store, "admin", "test", parts.clock())[1]
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    answers: dict[str, Any] = {"first": client.post("/v1/screenings", json=manifest("A")).json}
    found = {"found": "illicit", "parts": ["barrel"]}
    client.post(f"/v1/screenings/{answers['first']['screening_id']}/finding", json=found)
    answers["second"] = client.post("/v1/screenings?station_id=leeds-1", json=manifest("B")).json
    with (SAMPLES / "pistol.png").open("rb") as picture:
        form = {"manifest": json.dumps(manifest("C")), "image": (picture, "scan.png", "image/png")}
        answers["pictured"] = client.post("/v1/screenings", data={**form, "scanner_id": "belt-3"}).json
    yield Past(home, parts.store, answers, {"database_url": url} if url else {})
    parts.store.close()


def change(past: Past, statement: str, **values: str) -> None:
    with past.store.writing() as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize("where", ["past", pytest.param("past_elsewhere", marks=pytest.mark.postgres)])
def test_every_answer_comes_out_byte_for_byte_whatever_changed_since(
    where: str, request: pytest.FixtureRequest
) -> None:
    past: Past = request.getfixturevalue(where)
    versions = past.answers["pictured"]["versions"]
    digests = ("risk_model_digest", "xray_model_digest", "scanner_profile_digest", "watchlists")
    assert all(versions[name] for name in digests)
    assert versions["indicators"].startswith("site-")
    assert past.answers["pictured"]["xray"]["scanner"] == "calibrated"
    (past.home / "watchlists" / "seen.csv").write_text("kind,value,source,expires\n", encoding="utf-8")
    (past.home / "indicators.json").write_text("{}", encoding="utf-8")
    for path in (past.home / "scanners").glob("*.json"):
        path.unlink()
    run_command(past.home, "db", "erase", "--item", "A", "--reason", "request 1", **past.more)
    found = past.replay("--all")
    assert found == {
        "screenings": 2, "identical": 2, "same_values_other_release": {}, "differ": [], "not_replayed": [],
    }  # fmt: skip


def test_what_differs_or_is_gone_is_named(past: Past) -> None:
    """The second answer is changed, the third names a model that nobody kept."""
    second, third = past.answers["second"], past.answers["pictured"]
    changed = {**second, "risk": {**second["risk"], "score": 0.5}}
    unknown = {**third, "versions": {**third["versions"], "xray_model_digest": "0" * 64}}
    for one in (changed, unknown):
        change(past, "UPDATE screening SET answer = :a WHERE id = :i", a=json.dumps(one), i=one["screening_id"])
    found = past.replay("B", "C", code=1)
    (differs,), (hindered,) = found["differ"], found["not_replayed"]
    assert [(one["path"], one["stored"], one["now"]) for one in differs["differences"]] == [
        ("risk.score", 0.5, second["risk"]["score"])
    ]
    assert "The model xray-synthetic-2.0.0 000000000000 is not kept." in hindered["hindrance"]
    told = ending(past.home, "db", "replay", "B", **past.more)
    assert (told.code, "risk.score was 0.5, and is" in told.stderr) == (1, True)
    other = {**second, "versions": {**second["versions"], "service": "0.1.0"}}
    del other["versions"]["watchlists"]
    change(past, "UPDATE screening SET answer = :a WHERE id = :i", a=json.dumps(other), i=second["screening_id"])
    # Without the watch list another evidence comes out, and that is said; the release's name alone is no difference.
    paths = {one["path"] for one in past.replay("B", code=1)["differ"][0]["differences"]}
    assert paths
    assert "versions.service" not in paths


@pytest.mark.parametrize("words", [(), ("--all", "A"), ("--sample", "0")])
def test_it_must_be_said_what_is_replayed(past: Past, words: tuple[str, ...]) -> None:
    assert ending(past.home, "db", "replay", *words, **past.more).code == 2


def test_nobody_of_that_number_is_told(past: Past) -> None:
    assert "No screening and no item" in ending(past.home, "db", "replay", "NOBODY", **past.more).stderr


def test_another_selection_key_is_told(past: Past) -> None:
    path = past.home / "selection.key"
    before = path.read_text(encoding="ascii")
    path.write_text("0" * 64, encoding="ascii")
    try:
        (told,) = (one["hindrance"] for one in past.replay("--sample", "1", code=1)["not_replayed"])
    finally:
        path.write_text(before, encoding="ascii")
    assert "selection.key" in told
