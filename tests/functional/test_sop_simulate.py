"""`sop simulate` as an author runs it: on a file, and on the store of a service that has screened and found."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli_runs import run_command
from past_screenings import history, policy_text

from sop.bulk.columns import write_parquet

SENT: dict[str, Any] = {
    "channel": "courier",
    "mail_class": "express",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "cotton shirts", "hs_code": "610510"}],
}


@pytest.fixture
def author(tmp_path: Path) -> Path:
    """A folder with the procedure in force, a candidate, and the history as a file."""
    for name, text in (("now", policy_text()), ("next", policy_text("2", "0.60", "0.30"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(text, encoding="utf-8")
    write_parquet(history(), tmp_path / "past.parquet")
    return tmp_path


def simulate(author: Path, *words: object, code: int = 0) -> Any:
    command = ("sop", "simulate", author / "next", "--against", author / "now")
    return run_command(author / "home", *command, *words, code=code)


def test_a_file_is_replayed_and_one_screen_says_what_changes(author: Path) -> None:
    shown = simulate(author, "--parquet", author / "past.parquet", "--capacity", "examine=1/day").stdout
    assert "example 1  →  example 2" in shown
    assert "3 of 9 screenings (33.3 %) get another lane" in shown
    assert "Of 3 illicit parcels on record 2 are opened and 1 only X-rayed; before 3 and 0." in shown
    assert "Chance alone opened 2 parcels; of 2 with a result 1 were illicit" in shown
    assert re.search(r"examine +6 +4 +−2 ", shown)
    assert "✗ examine, capacity 1 a day: more on 1 of 4 days (3 before)" in shown
    assert "C  scan → release  let go, rank 0.250" in shown
    assert max(map(len, shown.splitlines())) <= 120
    assert len(shown.splitlines()) <= 60


def test_json_is_for_programs_and_full_for_the_patient(author: Path) -> None:
    plain = json.loads(simulate(author, "--parquet", author / "past.parquet", "--json").stdout)
    assert plain["findings"]["lost_to"] == {"scan": 1}
    assert plain["material"]["screenings"] == 9
    full = simulate(author, "--parquet", author / "past.parquet", "--full").stdout
    assert "By hour of day" in full
    assert "MISSING:risk_unavailable" in full


def test_a_period_is_replayed(author: Path) -> None:
    words = ("--parquet", author / "past.parquet", "--json", "--since", "2026-10-25", "--until", "2026-10-27T12:30")
    # The 25th begins in London an hour before it does in Greenwich, so C belongs to it.
    assert json.loads(simulate(author, *words).stdout)["material"]["screenings"] == 6


def test_thresholds_that_would_meet_a_share_are_named_with_the_line_to_paste(author: Path) -> None:
    words = ("--parquet", author / "past.parquet", "--at-most", "examine=40%", "--at-least", "release=0.01")
    shown = simulate(author, *words).stdout
    assert "✗ examine at most 40.0 % at the station: holds 50.0 %" in shown
    assert "HIGH risk at least 0.6 → 0.66: 37.5 %; 1 of 3 finds lost, 0 gained" in shown
    assert "when: {stage: station, risk: {at_least: 0.66}}" in shown
    assert "✓ release at least 1.0 % at the station" in shown


def test_the_page_stands_alone_and_the_saved_file_gives_the_same_again(author: Path) -> None:
    page, saved = author / "page.html", author / "saved.parquet"
    first = simulate(author, "--parquet", author / "past.parquet", "--report", page, "--save", saved, "--json",
                     "--at-most", "examine=40%").stdout  # fmt: skip
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") >= 5
    assert not re.search(r"(src|href)=|https?://|@import|<script", html)
    for said in ("What would change?", "at least 0.50", "Horvitz", "prefers-color-scheme:dark", "to be pasted"):
        assert said.lower() in html.lower()
    command = "parcel-screening sop simulate next --against now --parquet past.parquet --at-most examine=40%"
    assert json.loads(first)["command"] == command
    assert str(author) not in html
    again = simulate(author, "--parquet", saved, "--json", "--at-most", "examine=40%").stdout
    assert _figures(again) == _figures(first)


def _figures(text: str) -> Any:
    found = json.loads(text)
    return {name: value for name, value in found.items() if name not in {"command", "material"}}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--at-most", "examine"), 2, "examine=0.02"),
        (("--at-most", "examine=130%"), 2, "examine=0.02"),
        (("--at-least", "open=0.1"), 2, "open is no lane"),
        (("--capacity", "examine=many"), 2, "examine=300/day"),
        (("--since", "yesterday"), 2, "write 7d"),
        (("--as-of", "soon"), 2, "write a day"),
        (("--parquet", "none.parquet"), 3, "none.parquet"),
        (("--since", "2031-01-01"), 3, "No screening"),
        (("--report", "no/such/folder.html"), 2, "does not exist"),
    ],
)
def test_mistakes_are_told_without_a_traceback(author: Path, words: tuple[str, ...], code: int, said: str) -> None:
    file = () if "--parquet" in words else ("--parquet", author / "past.parquet")
    assert said in simulate(author, *file, *words, code=code).stderr


def test_a_home_without_screenings_is_told(author: Path) -> None:
    assert "no screening is stored here" in simulate(author, code=3).stderr
    assert not (author / "home").exists()


def test_a_file_that_lacks_columns_is_told(author: Path) -> None:
    write_parquet(history().drop_columns(["at", "stage"]), author / "bad.parquet")
    ended = simulate(author, "--parquet", author / "bad.parquet", code=3)
    assert "stage" in ended.stderr
    assert "at: " in ended.stderr


def test_what_the_service_screened_and_officers_found_is_replayed(any_desk: Any, author: Path) -> None:
    answers = [any_desk.screen({**SENT, "item_id": f"N{n}"}, query_string={"stage": "station"}).json for n in range(6)]
    found = {"found": "illicit", "parts": ["barrel"]}
    assert any_desk.client.post(f"/v1/screenings/{answers[0]['screening_id']}/finding", json=found).status_code == 201
    url = {"database_url": any_desk.settings.database_url} if any_desk.settings.database_url else {}
    command = ("sop", "simulate", author / "next", "--json")
    plain = json.loads(run_command(any_desk.settings.home, *command, **url).stdout)
    assert plain["before"] == answers[0]["versions"]["sop"]
    material, finds = plain["material"], plain["findings"]
    assert (material["screenings"], material["recorded"], material["recorded_alike"]) == (6, 6, 6)
    assert (finds["illicit"], finds["known"]) == (1, 1)
    counted = {row["lane"]: row["before"]["count"] for row in plain["lanes"] if row["before"]["count"]}
    assert counted == {lane: sum(one["decision"]["lane"] == lane for one in answers) for lane in counted}
    assert plain["largest"][0]["item_id"] in {f"N{n}" for n in range(6)}
