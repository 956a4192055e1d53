"""A candidate runs beside what is in use: kept, compared, never seen at the belt, and harmless where it breaks."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bundle_copies import copy_of_shipped
from cli_runs import Ended, run_command

from service.auth import create_key
from service.live import LiveTools
from service.screening import Tools
from service.settings import Settings
from service.shadow_load import shadow_part
from service.shadow_queue import ShadowQueue
from service.shadow_types import Candidate
from service.store import shadows
from service.store.entry import Entry
from service.store.store import open_store
from sop.active import shipped_policy_path
from sop.reading.packages import load_package, parse_package

PARCEL: dict[str, Any] = {
    "channel": "courier",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "cotton shirts", "hs_code": "610510"}],
}
OWN = ("screening_id", "created_at")


@dataclass
class Home:
    """A home with a key, and the tools of a service that runs in it."""

    settings: Settings
    key_file: Path
    tools: Tools

    def sop(self, *words: object, code: int = 0) -> Ended:
        return run_command(self.settings.home, "sop", *words, code=code)

    def order(self, *words: object, code: int = 0) -> Ended:
        return self.sop("shadow", *words, "--reason", "to see", "--key-file", self.key_file, code=code)

    def looked(self) -> Tools:
        """The tools as a running service has them after its next look."""
        live = LiveTools(lambda: self.tools, [shadow_part(self.settings)])
        live.look()
        return live.current()


@pytest.fixture
def home(tools: Tools, tmp_path: Path) -> Home:
    settings = Settings(home=tmp_path / "home")
    store = open_store(settings)
    store.upgrade()
    key_file = tmp_path / "key"
    key_file.write_text(create_key(store, "sop_author", "A. Author", datetime.now(UTC))[1], encoding="ascii")
    store.close()
    package = load_package(shipped_policy_path())
    return Home(settings, key_file, replace(tools, package=package))


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """The shipped procedure, but what asks for documents in it sends the parcel to the scanner."""
    path = tmp_path / "candidate" / "policy.yaml"
    path.parent.mkdir()
    text = shipped_policy_path().read_text(encoding="utf-8").replace('"2026.11-1"', '"2026.12-1"')
    before, after = text.split("- id: DC-040", 1)
    path.write_text(f"{before}- id: DC-040{after.replace('lane: documents', 'lane: scan', 1)}", encoding="utf-8")
    return path


@pytest.fixture
def beside(make_desk: Callable[..., Any], clock: Any, home: Home) -> Callable[..., Any]:
    """Makes the desk of a service whose clock is that of the machine, as orders are."""

    def make(tools: Tools) -> Any:
        clock.now = datetime.now(UTC)
        return make_desk(home.settings, tools=tools)

    return make


def comparable(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in OWN}


def test_a_procedure_runs_beside_and_is_compared(
    home: Home, candidate: Path, beside: Callable[..., Any], scan: bytes
) -> None:
    assert "No candidate ever ran" in home.sop("shadow", code=1).stderr
    said = home.order("start", candidate).stdout
    assert said.startswith("national-parcel-screening 2026.12-1 runs beside what is in use.")
    assert "runs beside already" in home.order("start", candidate, code=1).stderr
    desk = beside(home.looked())
    answers = [desk.screen({**PARCEL, "item_id": "A"}).json, desk.send(scan, manifest={**PARCEL, "item_id": "B"}).json]
    found = {"found": "illicit", "parts": ["barrel"]}
    desk.client.post(f"/v1/screenings/{answers[0]['screening_id']}/finding", json=found)
    bare = beside(home.tools)
    alone = [bare.screen({**PARCEL, "item_id": "A"}).json, bare.send(scan, manifest={**PARCEL, "item_id": "B"}).json]
    # B now has a find on the same sender; what counts is that A's answer does not say a word of the candidate.
    assert comparable(answers[0]) == comparable(alone[0])
    one = json.loads(home.sop("shadow", "--json").stdout)
    assert (one["trial"], one["title"], one["ended"]) == (1, "national-parcel-screening 2026.12-1", None)
    assert one["counts"] == {"recorded": 4, "compared": 2, "waiting": 0, "dropped": 0, "failed": 0, "not_taken": 2}
    assert one["matrix"] == [[1, 0, 0, 0, 0], [0] * 5, [0] * 5, [0, 0, 1, 0, 0], [0] * 5]
    assert one["changes"] == [
        {"active_lane": "documents", "active_rule": "DC-040", "candidate_lane": "scan", "candidate_rule": "DC-040",
         "parcels": 1, "illicit": 1}
    ]  # fmt: skip
    assert [(row["direction"], row["parcels"], row["illicit"]) for row in one["finds"]] == [
        ("same", 1, 0), ("raised", 1, 1), ("lowered", 0, 0),
    ]  # fmt: skip
    shown = home.sop("shadow").stdout
    assert "2 of 4 screenings compared; 2 screened without the candidate." in shown
    assert "documents by DC-040" in shown
    assert "1 raised: 1 opened with a result on record, 1 illicit: 100 %" in shown


def test_a_run_ends_by_order_and_stays_on_record(home: Home, candidate: Path, beside: Callable[..., Any]) -> None:
    live = LiveTools(lambda: home.tools, [shadow_part(home.settings)])
    live.look()
    assert live.current().shadow is None
    home.order("start", candidate)
    live.look()
    assert live.current().shadow is not None
    beside(live.current()).screen({**PARCEL, "item_id": "A"})
    assert "no longer runs" in home.order("stop").stdout
    assert "No candidate runs" in home.order("stop", code=1).stderr
    live.look()
    assert live.current().shadow is None
    one = json.loads(home.sop("shadow", "--json", "--trial", 1).stdout)
    assert one["ended"] is not None
    assert one["counts"]["compared"] == 1
    assert "known: 1" in home.sop("shadow", "--trial", 7, code=1).stderr
    history = json.loads(home.sop("history", "--json").stdout)
    assert {"shadow_start", "shadow_stop"} <= {event["action"] for event in _events(history)}


def _events(history: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = history["events"] if isinstance(history, dict) else history
    return found


def test_a_candidate_that_cannot_be_used_is_refused_at_once(home: Home, candidate: Path, tmp_path: Path) -> None:
    candidate.write_text(candidate.read_text(encoding="utf-8").replace("lane: scan", "lane: scann"), encoding="utf-8")
    assert "policy.yaml:" in home.order("start", candidate, code=3).stderr
    assert "Name a candidate" in home.order("start", code=2).stderr
    assert "to the last byte" in home.order("start", shipped_policy_path(), code=1).stderr
    bundle = copy_of_shipped(tmp_path, "risk", "9.9.9")
    next(path for path in bundle.iterdir() if path.suffix == ".txt").write_text("spoilt", encoding="utf-8")
    assert "SHA-256" in home.order("start", "--risk-model", bundle, code=1).stderr
    assert home.looked().shadow is None


def test_one_that_is_spoilt_later_runs_nowhere_and_disturbs_nothing(
    home: Home, candidate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home.order("start", candidate)
    shadow = home.looked().shadow
    assert shadow is not None
    assert shadow.package is not None
    kept = home.settings.home / "sop" / "versions" / shadow.package.digest / "policy.yaml"
    kept.chmod(0o644)
    kept.write_text("spoilt", encoding="utf-8")
    assert home.looked().shadow is None
    assert "shadow not replaced" in caplog.text


def test_a_risk_model_runs_beside_by_order(home: Home, beside: Callable[..., Any], tmp_path: Path) -> None:
    bundle = copy_of_shipped(tmp_path, "risk", "9.9.9")
    assert "9.9.9 runs beside" in home.order("start", "--risk-model", bundle).stdout
    tools = home.looked()
    assert tools.shadow is not None
    assert tools.shadow.risk is not None
    assert tools.shadow.risk.title.endswith("9.9.9")
    desk = beside(tools)
    desk.screen({**PARCEL, "item_id": "A"})
    assert wait_for(desk, tools.shadow.trial) == {"done": 1}
    one = json.loads(home.sop("shadow", "--json").stdout)
    risk = next(row for row in one["scores"] if row["score"] == "risk")
    assert (risk["both"], risk["changed"]) == (1, 1)
    assert "risk: differs in 1 of 1" in home.sop("shadow").stdout


def wait_for(desk: Any, trial: str) -> dict[str, int]:
    """Return the states of a trial once nothing waits any more."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with desk.service.store.reading() as connection:
            found = dict(shadows.states(connection, trial))
        if found and not found.get("waiting"):
            return found
        time.sleep(0.02)
    raise AssertionError(f"still waiting: {found}")


def with_models(tools: Tools, score: float) -> Tools:
    risk: Any = tools.risk
    return replace(tools, shadow=Candidate(trial="models", risk=type(risk)(score)))


def test_models_are_asked_in_the_background_with_the_same_pictures_and_history(any_desk: Any, scan: bytes) -> None:
    desk = any_desk
    live = desk.service.tools
    live._tools = with_models(live.current(), 0.9)
    first = desk.screen({**PARCEL, "item_id": "A"}).json
    desk.send(scan, manifest={**PARCEL, "item_id": "B"})
    assert wait_for(desk, "models") == {"done": 2}
    with desk.service.store.reading() as connection:
        pairs = list(shadows.compared(connection, "models"))
    assert [(one.lane, one.candidate_lane, one.risk) for one in pairs] == [
        ("documents", "scan", 0.9), ("detain", "detain", 0.9),
    ]  # fmt: skip
    assert pairs[1].xray == 0.91
    assert first["risk"]["score"] == 0.0021


def test_a_row_that_cannot_be_written_takes_nothing_with_it(any_desk: Any) -> None:
    screening_id = any_desk.screen({**PARCEL, "item_id": "A"}).json["screening_id"]
    store, at = any_desk.service.store, datetime.now(UTC)
    one = shadows.ShadowRow(trial="t", screening_id=screening_id, at=at, state="waiting")
    # The database refuses the same row again.
    rows = [shadows.row(row) for row in (one, one, replace(one, trial="u"))]
    store.writer.write(Entry(optional=tuple(rows)))
    with store.reading() as connection:
        assert [dict(shadows.states(connection, trial)) for trial in "tu"] == [{"waiting": 1}, {"waiting": 1}]


def test_no_model_is_asked_while_the_models_are_stopped(desk: Any) -> None:
    live = desk.service.tools
    stopped: Any = object()
    live._tools = replace(with_models(live.current(), 0.9), stopped=stopped)
    assert desk.screen({**PARCEL, "item_id": "A"}).status_code == 201
    with desk.service.store.reading() as connection:
        assert dict(shadows.states(connection, "models")) == {}


def test_what_the_candidate_cannot_do_is_counted_and_never_reaches_the_answer(desk: Any, scan: bytes) -> None:
    live = desk.service.tools
    tools = with_models(live.current(), 0.9)
    gate = threading.Event()
    shadow: Any = tools.shadow
    shadow.risk.before = lambda manifest: gate.wait(20)
    live._tools = tools
    queue = ShadowQueue(desk.service.store, most=2)
    object.__setattr__(desk.service, "shadows", queue)
    sent = [desk.send(scan, manifest={**PARCEL, "item_id": name}) for name in "ABC"]
    assert [one.status_code for one in sent] == [201, 201, 201]
    picture = next(path for path in desk.service.store.pictures.root.rglob("*") if path.is_file())
    held = picture.read_bytes()
    time.sleep(0.2)  # the first parcel has read its picture by now, and waits at the gate
    picture.unlink()
    gate.set()
    states = wait_for(desk, "models")
    assert (states["dropped"], states["done"] + states["failed"]) == (1, 2)
    assert states["failed"] >= 1
    picture.write_bytes(held)


def test_a_procedure_that_breaks_on_a_parcel_costs_no_answer(desk: Any) -> None:
    class Breaks:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("told to break")

    package: Any = parse_package({"policy.yaml": shipped_policy_path().read_bytes()}, "candidate")
    object.__setattr__(package, "base", Breaks())
    live = desk.service.tools
    live._tools = replace(live.current(), shadow=Candidate(trial="broken", package=package))
    assert desk.screen({**PARCEL, "item_id": "A"}).status_code == 201
    with desk.service.store.reading() as connection:
        assert dict(shadows.states(connection, "broken")) == {"failed": 1}
