"""A day that went through the service, replayed by training: the same rows and the same scores, bit for bit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from features.history import History, entity_keys
from features.indicators.register import Raised
from features.manifest import Manifest
from features.manifest_schema import manifest_to_dict
from features.spec import FEATURE_SPEC
from models.results import RiskResult
from models.risk import RiskModel
from models.risk_frame import gather
from service.screening import Tools
from service.settings import Settings
from training.data import open_source
from training.frame import make_frame
from training.records import Record

PARCELS = 150
FOUND = {True: "illicit", False: "nothing"}


@dataclass
class Listening:
    """The real model, and a note of every row it was shown."""

    model: RiskModel
    rows: list[bytes] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.model.title

    @property
    def digest(self) -> str:
        return self.model.digest

    @property
    def base_rate(self) -> float:
        return self.model.base_rate

    def assess(self, manifest: Manifest, raised: Sequence[Raised], history: History) -> RiskResult:
        row = self.model.rows(gather([self.model.observe(manifest, raised, history)]))
        self.rows.append(row.tobytes())
        return self.model.assess(manifest, raised, history)


@dataclass(frozen=True)
class Event:
    """Something that happens in the service."""

    at: datetime
    place: int
    kind: str


def busiest(records: Sequence[Record]) -> list[Record]:
    """Return parcels of people who come back, in the order of time."""
    counts = Counter(key for record in records for key in entity_keys(record.manifest))
    shared = sorted(records, key=lambda record: -max((counts[key] for key in entity_keys(record.manifest)), default=0))
    return sorted(shared[:PARCELS], key=lambda record: (record.at or datetime.max, record.manifest.item_id))


def day_of(records: Sequence[Record]) -> list[Event]:
    """Order screenings and findings in time; every tenth parcel is screened again, as at a second station."""
    events = []
    for place, record in enumerate(records):
        assert record.at is not None
        events.append(Event(record.at, place, "screen"))
        if place % 10 == 0:
            events.append(Event(record.at + timedelta(hours=3), place, "screen"))
        if place % 3 == 0:
            events.append(Event(record.at + timedelta(hours=6), place, "find"))
    return sorted(events, key=lambda event: (event.at, event.place, event.kind))


def test_a_stored_day_scores_in_training_as_it_did_in_the_service(
    model: RiskModel, records: tuple[Record, ...], make_desk: Any, tools: Tools, clock: Any, tmp_path: Path
) -> None:
    busy = busiest(records)
    listening = Listening(model)
    real: Any = listening
    desk = make_desk(Settings(home=tmp_path / "home"), tools=replace(tools, risk=real))
    lines: list[dict[str, Any]] = []
    screenings: dict[int, list[dict[str, Any]]] = {}
    answers: list[dict[str, Any]] = []
    for event in day_of(busy):
        clock.now = max(clock.now, event.at) if lines else event.at
        manifest = manifest_to_dict(busy[event.place].manifest)
        if event.kind == "screen":
            response = desk.screen(manifest)
            assert response.status_code == 201, response.text
            answers.append(response.json)
            lines.append({"manifest": manifest, "screened_at": response.json["created_at"]})
            screenings.setdefault(event.place, []).append({**response.json, "line": lines[-1]})
            continue
        illicit = event.place % 2 == 0  # more finds than in life, so that history has something to say
        body = {"found": FOUND[illicit], "parts": ["barrel"] if illicit else []}
        latest = screenings[event.place][-1]
        response = desk.client.post(f"/v1/screenings/{latest['screening_id']}/finding", json=body)
        assert response.status_code == 201, response.text
        latest["line"] |= {"found": illicit, "finding_at": response.json["created_at"], "parts": body["parts"]}
    path = tmp_path / "day.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    frame = make_frame(open_source(path))
    rows = model.rows(frame)
    assert [row.tobytes() for row in rows] == listening.rows
    scores = model.frame_scores(frame)
    assert scores.probability.tolist() == [answer["risk"]["score"] for answer in answers]
    assert scores.percentile.tolist() == [answer["risk"]["percentile"] for answer in answers]
    # The day has what could go wrong: people seen before, finds that became known, items screened twice.
    columns = {name: frame.base[:, FEATURE_SPEC.base_names.index(name)] for name in ("sender_known", "found_sender")}
    assert all((column > 0).any() for column in columns.values())
    assert len(lines) > PARCELS
